"""What becomes of people's names in a ledger."""

from __future__ import annotations

ACTORS = ("drop", "hash", "keep")
"""A ledger is made with one of these, for good; adapters.ledger.privacy does it."""
