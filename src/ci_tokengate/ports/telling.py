"""Where people are told: comments on a pull request, boards, channels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # post imports this page, and should not pay for types that it only names
    from ci_tokengate.core.comments import Comment
    from ci_tokengate.core.postings import Posted


class Comments(Protocol):
    """The comments on one pull request, seen with the token that writes them.

    Every call may raise UsageError (no such pull request, locked, no permission) or UndecidedError
    (limits, outages); after an UndecidedError a write may have taken effect all the same.
    """

    def mine(self, marker: str) -> list[Comment]:
        """Comments by this token's own author that bear `marker` (core.postings), oldest first; all pages."""
        ...

    def create(self, body: str) -> Comment: ...

    def edit(self, comment: Comment, body: str) -> Comment | None:
        """None where it is gone."""
        ...

    def delete(self, comment: Comment) -> None:
        """No error where it is gone."""
        ...

    def hide(self, comment: Comment) -> None:
        """Folded away as outdated."""
        ...


class Board(Protocol):
    """Where a report stands and is brought up to date: issues, discussions.

    Every call may raise UsageError (no permission, no such place) or UndecidedError.
    """

    def put(self, title: str, body: str, marker: str, since: datetime) -> Posted:
        """The one of this token's own author that bears `marker`, made after `since`; else a new one."""
        ...


class Channel(Protocol):
    """Where a report is told once."""

    def post(self, message: Mapping[str, object]) -> Posted:
        """Raises UsageError where the address is refused, UndecidedError where it cannot be now."""
        ...
