"""Suppressions in comments: `tokengate: ignore[TG003] reason="…" until=2027-01-31`.

A suppression needs a reason; past its date it counts no more, and is a finding itself. It is looked
for only where there is a finding, on its line and the line above.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.fingerprint import fingerprint
from ci_tokengate.scan.found import Found

EXPIRED, UNREASONED = "TG010", "TG011"
_OURS = re.compile(
    r"tokengate:\s*ignore\[\s*(?P<rules>TG\d{3}(?:\s*,\s*TG\d{3})*)\s*\](?P<rest>[^\n]{0,500})",
    re.IGNORECASE,
)
_REASON = re.compile(r"""reason\s*=\s*\\?(?:"(?P<a>[^"\\]*)|'(?P<b>[^'\\]*)|“(?P<c>[^”]*))""")
_UNTIL = re.compile(r"until\s*=\s*[\"']?(?P<day>[^\s\"'*>)}\\]+)")
OTHERS = {
    "gitleaks": re.compile(r"(?:gitleaks|betterleaks):allow"),
    "detect-secrets": re.compile(r"pragma: ?(?:allow|white)list[ -]secret", re.IGNORECASE),
    "trufflehog": re.compile(r"trufflehog:ignore"),
    "kingfisher": re.compile(r"kingfisher:ignore"),
    "secretlint": re.compile(r"secretlint-disable(?:-line|-next-line)?\b"),
    "nosec": re.compile(r"#\s*nosec\b"),
    "zizmor": re.compile(r"zizmor: ignore\["),
}
"""Inline allows of other scanners, honoured on request; they end what is about keys only."""
_KEY_RULES = ("TG001", "TG002")


@dataclass(frozen=True, kw_only=True)
class Suppression:
    rules: tuple[str, ...]
    reason: str
    until: str
    line: int

    def ends(self) -> date | None:
        """None without a date; a date that is none has passed."""
        if not self.until:
            return None
        try:
            return date.fromisoformat(self.until)
        except ValueError:
            return date.min


def read_suppression(text: str, line: int) -> Suppression | None:
    found = _OURS.search(text)
    if not found:
        return None
    reason, until = _REASON.search(found["rest"]), _UNTIL.search(found["rest"])
    return Suppression(
        rules=tuple(rule.strip().upper() for rule in found["rules"].split(",")),
        reason=next((g for g in reason.groups() if g), "").strip() if reason else "",
        until=until["day"] if until else "",
        line=line,
    )


def suppressed(
    founds: Iterable[Found],
    line_of: Callable[[int], str],
    *,
    today: date,
    honor: Collection[str] = (),
) -> Iterator[Found | None]:
    """What is left: the findings that nothing suppresses, and those about suppressions; None is one less.

    line_of: the text of a line of the file, empty where there is none.
    """
    told: set[tuple[str, int]] = set()
    for found in founds:
        finding = found.finding
        if finding.rule in _KEY_RULES and any(
            OTHERS[name].search(line_of(finding.line)) for name in honor
        ):
            yield None
            continue
        ours = _ours(finding, line_of)
        complaint = ours and _complaint(finding, ours, today)
        if ours and not complaint:
            yield None
            continue
        yield found
        if ours and complaint and (complaint.rule, ours.line) not in told:
            told.add((complaint.rule, ours.line))
            yield Found(finding=complaint)


def _ours(finding: Finding, line_of: Callable[[int], str]) -> Suppression | None:
    for line in (finding.line, finding.line - 1):
        text = line_of(line) if line > 0 else ""
        found = read_suppression(text, line) if "okengate" in text else None
        if found and finding.rule in found.rules:
            return found
    return None


def _complaint(finding: Finding, ours: Suppression, today: date) -> Finding | None:
    ends = ours.ends()
    rules = ", ".join(ours.rules)
    if not ours.reason:
        rule, message = (
            UNREASONED,
            f"This suppression of {rules} gives no reason, so it does not count.",
        )
        fix = 'Add reason="…", or take it out.'
    elif ends is not None and ends < today:
        rule, message = EXPIRED, f"This suppression of {rules} ended on {ours.until[:20]}."
        fix = "Mend what it suppresses, or agree on a new date."
    else:
        return None
    return replace(
        finding,
        rule=rule,
        level=Level.ERROR,
        line=ours.line,
        column=1,
        end_column=2,
        message=message,
        snippet=f"tokengate: ignore[{rules}]",
        fingerprint=fingerprint(
            rule, finding.path, f"{rules}\0{ours.until[:20]}\0{finding.fingerprint}", 0
        ),
        provider="",
        fix=fix,
    )
