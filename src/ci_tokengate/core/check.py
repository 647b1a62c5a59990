"""One line of `doctor`: what was looked at, how it is, and what to change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    """`unknown` is an answer that could not be had; it is never taken for a good one (DESIGN D11)."""

    OK = "ok"
    FAIL = "fail"
    WARN = "warn"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Check:
    """`sentence` says how it is, `change` what to change (empty where it is well).

    expected: an `unknown` that says nothing against whoever was asked: nobody can know it without
    writing, or it follows from an earlier line. It does not make the whole undecided.
    """

    subject: str
    status: Status
    sentence: str
    change: str = ""
    expected: bool = False


def ok(subject: str, sentence: str) -> Check:
    return Check(subject=subject, status=Status.OK, sentence=sentence)


def fail(subject: str, sentence: str, change: str) -> Check:
    return Check(subject=subject, status=Status.FAIL, sentence=sentence, change=change)


def warn(subject: str, sentence: str, change: str) -> Check:
    return Check(subject=subject, status=Status.WARN, sentence=sentence, change=change)


def unknown(subject: str, sentence: str, change: str) -> Check:
    return Check(subject=subject, status=Status.UNKNOWN, sentence=sentence, change=change)


def not_checked(subject: str, because: str) -> Check:
    """What an earlier line has made impossible; that line says what to change."""
    return Check(
        subject=subject,
        status=Status.UNKNOWN,
        sentence=f"not checked: {because}",
        expected=True,
    )


def exit_code(checks: Iterable[Check]) -> int:
    """1 where something is wrong, else 3 where somebody did not answer, else 0 (DESIGN D15)."""
    found = list(checks)
    if any(c.status is Status.FAIL for c in found):
        return 1
    return 3 if any(c.status is Status.UNKNOWN and not c.expected for c in found) else 0
