"""How much a finding weighs, of the scan and of the policy alike."""

from __future__ import annotations

from enum import Enum


class Level(Enum):
    """`error` is a refusal (exit 1); `note` is what need not be wrong, or could not be decided."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
