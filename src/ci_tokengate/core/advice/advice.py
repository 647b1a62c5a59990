"""The only thing that passes between whoever judges a policy and whoever tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ci_tokengate.core.level import Level

Place = tuple[str | int, ...]
"""Keys and indexes in the policy file; empty is the file as a whole."""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """`place` is what it is about; `message` how that is, `hint` what to change."""

    level: Level
    place: Place
    message: str
    hint: str


def error(place: Place, message: str, hint: str) -> Advice:
    return Advice(level=Level.ERROR, place=place, message=message, hint=hint)


def warning(place: Place, message: str, hint: str) -> Advice:
    return Advice(level=Level.WARNING, place=place, message=message, hint=hint)


def note(place: Place, message: str, hint: str) -> Advice:
    return Advice(level=Level.NOTE, place=place, message=message, hint=hint)


def refused(found: Iterable[Advice], *, strict: bool) -> bool:
    """Whether the policy fails: for an error, and if `strict` for a warning; never for a note."""
    failing = (Level.ERROR, Level.WARNING) if strict else (Level.ERROR,)
    return any(one.level in failing for one in found)
