"""The words that all forms of a report share."""

from __future__ import annotations

from collections import Counter

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.report import Report

_NAMED = 5


def printable(path: str) -> str:
    """A path on one line: line breaks and control characters escaped, bad bytes shown."""
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def verdict(report: Report) -> str:
    """One sentence: what was found, in how much."""
    levels = Counter(finding.level for finding in report.findings)
    told = ", ".join(_many(levels[level], level.value) for level in Level if levels[level])
    hidden = [
        _many(n, word, plural=word)
        for n, word in ((report.suppressed, "suppressed"), (report.known, "in the baseline"))
        if n
    ]
    rest = f" ({', '.join(hidden)})" if hidden else ""
    return f"{told or 'Nothing'} found in {_many(report.texts, 'file')}{rest}."


def left_out(report: Report) -> list[str]:
    """What was not scanned, by reason: the number, and the first names."""
    by_reason: dict[str, list[str]] = {}
    for item in report.left_out:
        by_reason.setdefault(item.why, []).append(printable(item.path))
    return [
        f"Left out, {why}: {len(paths)} ({', '.join(paths[:_NAMED])}{', …' if len(paths) > _NAMED else ''})"
        for why, paths in sorted(by_reason.items())
    ]


def _many(count: int, word: str, *, plural: str = "") -> str:
    return f"{count} {word if count == 1 else plural or word + 's'}"
