"""What makes a finding the same finding after its lines have moved."""

from __future__ import annotations

import hashlib


def fingerprint(rule: str, path: str, evidence: str, nth: int) -> str:
    """Thirty-two hex characters that hold no secret and no line number.

    evidence: what was found, in words that survive a reformatting; a secret goes in as its salted hash.
    nth: how many findings of this rule in this file had the same evidence before it, from 0.
    """
    text = "\0".join(("tokengate/1", rule, path, evidence, str(nth)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
