"""What an engine saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Signs:
    """(index into PLAIN + ENCODED, offset) each, and offsets of mentions.

    hosts: whether a provider's host is named; None where the engine did not look for any.
    """

    hits: Sequence[tuple[int, int]] = ()
    mentions: Sequence[int] = ()
    hosts: bool | None = None
