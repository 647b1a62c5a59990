"""A report for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.render.scan.words import left_out, printable, verdict
from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.report import Report

_MARK = {Level.ERROR: "✖", Level.WARNING: "!", Level.NOTE: "·"}


def text_lines(report: Report) -> Iterator[str]:
    for finding in report.findings:
        mark = _MARK[finding.level]
        yield f"{printable(finding.path)}:{finding.line}:{finding.column}: {mark} {finding.rule} {finding.message}"
        if finding.snippet:
            yield f"    {finding.snippet}"
        if finding.fix:
            yield f"    → {finding.fix}"
    yield from left_out(report)
    yield f"{'✖' if report.refused else '✔'} {verdict(report)}"
