"""A baseline: what was there before, and is not told again. It holds salted fingerprints and no secret.

The salt differs from file to file, so that two baselines do not tell whether they hold the same key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ci_tokengate.errors import UsageError
from ci_tokengate.scan.finding import Finding

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Baseline:
    salt: str
    known: frozenset[str] = frozenset()

    def mark(self, finding: Finding) -> str:
        return sha256(f"{self.salt}\0{finding.fingerprint}".encode()).hexdigest()[:32]

    def knows(self, finding: Finding) -> bool:
        return self.mark(finding) in self.known


def read_baseline(text: str, source: str) -> Baseline:
    """Raises UsageError for what `scan baseline update` has not written."""
    try:
        body: Any = json.loads(text)
        known = [entry["mark"] for entry in body["findings"]]
        if body["version"] != VERSION or not all(isinstance(m, str) for m in known):
            raise ValueError
        return Baseline(salt=str(body["salt"]), known=frozenset(known))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            f"{source} is not a baseline.", hint="`ci-tokengate scan baseline update` writes one."
        ) from error


def write_baseline(findings: Iterable[Finding], salt: str) -> str:
    """Rule and path are for the reader; what counts is the mark."""
    baseline = Baseline(salt=salt)
    entries = sorted(
        ({"rule": f.rule, "path": f.path, "mark": baseline.mark(f)} for f in findings),
        key=lambda e: (e["path"], e["rule"], e["mark"]),
    )
    body = {"version": VERSION, "salt": salt, "findings": entries}
    return json.dumps(body, indent=2, ensure_ascii=True) + "\n"
