"""A report as SARIF 2.1.0, for code scanning.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and
https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ci_tokengate import __version__
from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.report import Report
from ci_tokengate.scan.rule import Rule

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_HOME = "https://github.com/org/ci-tokengate"
_SEVERITY = {Level.ERROR: "8.5", Level.WARNING: "5.0", Level.NOTE: "2.0"}
_KEYS = ("TG001", "TG002")


def as_sarif(report: Report, rules: Mapping[str, Rule]) -> str:
    index = {rule_id: n for n, rule_id in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "ci-tokengate",
                "semanticVersion": __version__,
                "informationUri": _HOME,
                "rules": [_rule(rule) for rule in rules.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"ROOT": {"description": {"text": "The repository's root."}}},
        "results": [_result(finding, index) for finding in report.findings],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {
                        "level": "note",
                        "message": {"text": f"Left out, {o.why}."},
                        "locations": [_where(o.path)],
                    }
                    for o in report.left_out
                ],
            }
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: Rule) -> dict[str, Any]:
    text = f"{rule.sentence}\n\n{rule.why}\n\n{rule.fix}"
    severity = "9.5" if rule.id in _KEYS else _SEVERITY[rule.level]
    return {
        "id": rule.id,
        "name": "".join(part.title() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.sentence.split(". ")[0].rstrip(".") + "."},
        "fullDescription": {"text": rule.sentence},
        "help": {
            "text": text,
            "markdown": f"{rule.sentence}\n\n**Why.** {rule.why}\n\n**Fix.** {rule.fix}",
        },
        "helpUri": f"{_HOME}/blob/main/{rule.link}",
        "defaultConfiguration": {"level": rule.level.value},
        "properties": {
            "tags": ["security", "llm"],
            "precision": "high",
            "security-severity": severity,
        },
    }


def _result(finding: Finding, index: Mapping[str, int]) -> dict[str, Any]:
    where = _where(finding.path)
    where["physicalLocation"]["region"] = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endColumn": finding.end_column,
        "snippet": {"text": finding.snippet},
    }
    return {
        "ruleId": finding.rule,
        **({"ruleIndex": index[finding.rule]} if finding.rule in index else {}),
        "level": finding.level.value,
        "message": {"text": f"{finding.message} {finding.fix}".strip()},
        "locations": [where],
        "partialFingerprints": {"tokengate/v1": finding.fingerprint},
        "properties": {"provider": finding.provider},
    }


def _where(path: str) -> dict[str, Any]:
    uri = quote(path.encode("utf-8", "surrogateescape"))
    return {"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": "ROOT"}}}
