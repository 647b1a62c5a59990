"""What a scan has to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.found import Found
from ci_tokengate.scan.text import LeftOut


@dataclass(frozen=True, kw_only=True)
class Report:
    """`texts` is how many files, or changes to files, were read; `suppressed` and `known` were not told."""

    founds: tuple[Found, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    texts: int = 0
    suppressed: int = 0
    known: int = 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(found.finding for found in self.founds)

    @property
    def refused(self) -> bool:
        return any(finding.level is Level.ERROR for finding in self.findings)


def joined(reports: Iterable[Report]) -> Report:
    """In the order of paths; the same finding, twice in a history, once."""
    whole = list(reports)
    founds: dict[str, Found] = {}
    for report in whole:
        for found in report.founds:
            founds.setdefault(found.finding.fingerprint, found)
    order = sorted(
        founds.values(),
        key=lambda f: (f.finding.path, f.finding.line, f.finding.column, f.finding.rule),
    )
    left = sorted({(o.path, o.why) for report in whole for o in report.left_out})
    return Report(
        founds=tuple(order),
        left_out=tuple(LeftOut(path=path, why=why) for path, why in left),
        texts=sum(report.texts for report in whole),
        suppressed=sum(report.suppressed for report in whole),
        known=sum(report.known for report in whole),
    )
