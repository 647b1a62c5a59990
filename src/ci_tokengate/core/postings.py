"""What became of a report that was sent somewhere."""

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
