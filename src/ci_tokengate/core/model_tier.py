"""What a task needs of a model, and what a model is."""

from __future__ import annotations

from enum import Enum


class ModelTier(str, Enum):
    """How capable, and dear, a model is."""

    FAST = "fast"
    MIDDLE = "middle"
    STRONG = "strong"

    @property
    def rank(self) -> int:
        return list(ModelTier).index(self)
