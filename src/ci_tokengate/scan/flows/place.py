"""Findings of one file: where each stands, its line without secrets, its fingerprint."""

from __future__ import annotations

import re
from collections import Counter

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.fingerprint import fingerprint

_WIDEST = 200
_SECRET = re.compile(
    r"(?P<head>\b(?:sk|pk|gsk|xai|pplx|hf|r8|csk|nvapi|lsv2|AIza|AQ|ABSK|AKIA|ghp|ghs|github_pat|tgp|fw|pa)[_.-]?)"
    r"[\w+/=.-]{12,}|\b(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])(?![0-9a-f]{40}\b)[\w+-]{24,}={0,2}"
)


def redacted(line: str) -> str:
    """A line as it may be shown: nothing in it that could be a key, no control characters, not too long."""
    shown = _SECRET.sub(lambda m: f"{m['head'] or ''}***", line[: 4 * _WIDEST].strip())
    return "".join(c if c.isprintable() else " " for c in shown)[:_WIDEST]


class File:
    """Makes the findings of one file. It counts, so that equal evidence gets different fingerprints."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._lines: list[str] | None = None
        self._seen: Counter[tuple[str, str]] = Counter()
        self._placed: set[tuple[str, int, int]] = set()

    @property
    def lines(self) -> list[str]:
        if self._lines is None:
            self._lines = self.text.replace("\r\n", "\n").split("\n")
        return self._lines

    def line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def find(self, words: str, line: int, within: int = 1) -> tuple[int, int]:
        """Line and column of `words`, in any case, at or after a line; the line's first character if they are not there."""
        words = words.lower()
        for number in range(line, line + within):
            column = self.line(number).lower().find(words)
            if column >= 0:
                return number, column + 1
        text = self.line(line)
        return line, len(text) - len(text.lstrip()) + 1

    def finding(
        self,
        rule: str,
        level: Level,
        at: tuple[int, int],
        width: int,
        message: str,
        *,
        evidence: str,
        fix: str = "",
        provider: str = "",
    ) -> Finding | None:
        """None if the rule has spoken at this place already: a second way to the same place is no second finding."""
        line, column = at
        if (rule, line, column) in self._placed:
            return None
        self._placed.add((rule, line, column))
        nth = self._seen[rule, evidence]
        self._seen[rule, evidence] += 1
        text = self.line(line)
        return Finding(
            rule=rule,
            level=level,
            path=self.path,
            line=line,
            column=column,
            end_column=max(column + 1, min(column + width, len(text) + 1)),
            message=message,
            snippet=redacted(text),
            fingerprint=fingerprint(rule, self.path, evidence, nth),
            provider=provider,
            fix=fix,
        )
