"""A comment on a pull request, and what is done with the ones before it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, kw_only=True)
class Comment:
    """`node_id` is its name in GraphQL."""

    id: int
    node_id: str
    body: str
    url: str


class Behavior(Enum):
    """What becomes of the comments of earlier runs; the same words as Infracost's."""

    UPDATE = "update"
    NEW = "new"
    HIDE_AND_NEW = "hide-and-new"
    DELETE_AND_NEW = "delete-and-new"
