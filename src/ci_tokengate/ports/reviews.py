"""Reviewed changes of a policy's repository: how an exemption is asked for, and who agreed.

Every call may raise UsageError (no such repository, no permission) or UndecidedError (limits, outages).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ci_tokengate.core.governance.approval import MergedChange


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One new file on a branch of its own, as a pull request."""

    branch: str
    path: str
    text: str
    title: str
    body: str


class Reviews(Protocol):
    def last_change(self, path: str) -> MergedChange | None:
        """The pull request that last changed this file of the default branch; None where none did.

        Who let a job of it into the policy's environment has reviewed it, too.
        """
        ...

    def protected(self) -> bool:
        """Whether the default branch is protected: without that, nothing has to be reviewed."""
        ...

    def propose(self, proposal: Proposal) -> str:
        """The pull request's address. Asked again, the same one. Raises UsageError where the file is there."""
        ...
