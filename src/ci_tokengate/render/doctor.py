"""`doctor` on a terminal: a line a check, in columns; and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from ci_tokengate.core.check import Check, Status

MARKS = {Status.OK: "✔", Status.FAIL: "✖", Status.WARN: "!", Status.UNKNOWN: "?"}


def check_line(check: Check, width: int) -> str:
    """One line, whatever the texts hold: a proxy's words are data."""
    change = f" → {_flat(check.change)}" if check.change else ""
    return f"{check.subject:{width}} {MARKS[check.status]} {_flat(check.sentence)}{change}"


def closing(checks: Sequence[Check], *, called: bool, live: bool = False) -> str:
    """What it comes to, in one line. `called`, `live`: what was asked for that makes paid calls."""
    wrong = sum(c.status is Status.FAIL for c in checks)
    doubts = sum(c.status is Status.WARN for c in checks)
    open_ = sum(c.status is Status.UNKNOWN for c in checks)
    parts = [
        *([f"{wrong} to mend"] if wrong else []),
        *([f"{doubts} to consider"] if doubts else []),
        *([f"{open_} not found out"] if open_ else []),
    ]
    more = " --call makes a real call with each tool's wiring." if not (called or wrong) else ""
    cost = "" if called or live else " Nothing was spent."
    return f"{', '.join(parts) or 'All is well'}.{cost}{more}"


def check_json(check: Check) -> dict[str, str]:
    return {
        "subject": check.subject,
        "status": check.status.value,
        "sentence": _flat(check.sentence),
        "change": _flat(check.change),
    }


def _flat(text: str) -> str:
    """Without line breaks and without what a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
