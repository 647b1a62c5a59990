"""Who agreed to an exemption: an approving review of the pull request that brought it, by somebody else.

A file in the base branch says what was agreed, not by whom. That is asked of the code host, of the
last change of the file: whoever edits it afterwards needs a review of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Stand(Enum):
    """What a review says. A comment says nothing about what its author said before."""

    APPROVED = "approved"
    REFUSED = "changes requested"
    DISMISSED = "dismissed"
    COMMENTED = "commented"


@dataclass(frozen=True, kw_only=True)
class Review:
    """`commit` is the head that was looked at."""

    login: str
    stand: Stand
    commit: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MergedChange:
    """The pull request that last changed a file. `head` is what was merged; reviews oldest first.

    `writers` are the logins of whoever wrote a commit of it; to bring it up to date is no writing.
    """

    number: int
    url: str
    author: str
    head: str
    merged_at: datetime | None
    reviews: Sequence[Review]
    writers: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """`approver` is empty where nobody agreed who may; `why_not` then says so, as a sentence."""

    approver: str = ""
    change: MergedChange | None = None
    why_not: str = ""

    @property
    def given(self) -> bool:
        return bool(self.approver)


def agreement(
    change: MergedChange | None, *, requested_by: str, approvers: Collection[str]
) -> Agreement:
    """Logins are compared as GitHub does, without regard to case, and as people write them: `@octocat`."""
    if change is None or change.merged_at is None:
        return Agreement(why_not="No merged pull request brought it, so nobody has reviewed it.")
    last: dict[str, Review] = {}
    for review in change.reviews:
        if review.stand is not Stand.COMMENTED:
            last[review.login.lower()] = review
    allowed = {_login(name) for name in approvers}
    asked = {_login(requested_by), change.author.lower(), *map(_login, change.writers)}
    approved = [r for r in last.values() if r.stand is Stand.APPROVED]
    seen = [r for r in approved if r.commit == change.head]
    for review in seen:
        if review.login.lower() in allowed - asked:
            return Agreement(approver=review.login, change=change)
    return Agreement(change=change, why_not=_why_not(change, approved, seen, allowed, asked))


def _login(name: str) -> str:
    return name.strip().removeprefix("@").lower()


def _why_not(
    change: MergedChange,
    approved: list[Review],
    seen: list[Review],
    allowed: Collection[str],
    asked: Collection[str],
) -> str:
    where = f"pull request {change.number}"
    if not allowed:
        return "The policy names no approvers (exemptions.approvers), so nobody may agree."
    if not approved:
        return f"Nobody has approved {where}."
    if not seen:
        return f"{where[:1].upper()}{where[1:]} was changed after it had been approved."
    if all(r.login.lower() in asked for r in seen):
        return f"Only whoever asks for it, or wrote it, has approved {where}; somebody else must."
    return f"Whoever approved {where} is none of the policy's approvers."
