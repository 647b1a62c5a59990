"""A report as JSON; its form is schema/scan.schema.json."""

from __future__ import annotations

import json

from ci_tokengate.render.scan.words import printable
from ci_tokengate.scan.finding import Finding
from ci_tokengate.scan.report import Report

VERSION = 1


def as_json(report: Report) -> str:
    body = {
        "version": VERSION,
        "findings": [finding_body(finding) for finding in report.findings],
        "summary": {
            "files": report.texts,
            "refused": report.refused,
            "suppressed": report.suppressed,
            "known": report.known,
        },
        "left_out": [{"path": printable(o.path), "why": o.why} for o in report.left_out],
    }
    return json.dumps(body, indent=2, ensure_ascii=True)


def finding_body(finding: Finding) -> dict[str, str | int]:
    return {
        "rule": finding.rule,
        "level": finding.level.value,
        "path": printable(finding.path),
        "line": finding.line,
        "column": finding.column,
        "end_column": finding.end_column,
        "message": finding.message,
        "snippet": finding.snippet,
        "fingerprint": finding.fingerprint,
        "provider": finding.provider,
        "fix": finding.fix,
    }
