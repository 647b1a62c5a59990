"""How what was written somewhere is known again, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class PostedAs(Enum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SENT = "sent"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, kw_only=True)
class Posted:
    """`url` is empty where the place tells none."""

    change: PostedAs
    url: str = ""


def bears(body: str, marker: str) -> bool:
    """`marker` stands where it was put: alone on one of the last two lines that are not blank.

    The author is no proof. All workflows of a repository write as `github-actions[bot]`, and one that repeats a
    pull request's text (a title, a test's output) would repeat a marker in it: its comment would be taken for ours,
    written over or deleted.
    """
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    return marker in lines[-2:]
