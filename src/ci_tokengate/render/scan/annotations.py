"""A report as workflow commands: GitHub shows each at its line.

Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.render.scan.words import left_out, verdict
from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.report import Report

_COMMAND = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def commands(report: Report) -> Iterator[str]:
    for finding in report.findings:
        yield annotation(finding)
    for line in [*left_out(report), verdict(report)]:
        yield line.replace("::", ":\u200b:").replace("##[", "#\u200b#[")


def annotation(finding: Finding) -> str:
    path = finding.path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    where = {
        "file": path,
        "line": str(finding.line),
        "col": str(finding.column),
        "endColumn": str(finding.end_column),
        "title": f"{finding.rule} {finding.provider}".strip(),
    }
    told = ",".join(f"{name}={_property(value)}" for name, value in where.items())
    return (
        f"::{_COMMAND[finding.level]} {told}::{_data(f'{finding.message} {finding.fix}'.strip())}"
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
