"""The models of a proxy, seen with a key that reads all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ci_tokengate.core.advice.served import ServedModel


class Models(Protocol):
    """May raise ProxyUnavailableError, DeadlineError or CredentialError."""

    def models(self) -> Sequence[ServedModel]:
        """All names that the proxy serves. Raises UsageError where the key may not list them."""
        ...
