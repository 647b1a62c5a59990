"""The report as one frozen value. USD, unrounded; `None` is what cannot be told, never a zero."""

from ci_tokengate.core.showback.values.mix import (
    Charge,
    Finding,
    ModelShare,
    TierShare,
    UseCaseMix,
    by_tier,
)
from ci_tokengate.core.showback.values.ratio import ratio
from ci_tokengate.core.showback.values.teams import Period, PerPull, TeamFigures, Told, Utilisation
from ci_tokengate.core.showback.values.trust import DayDifference, Reconciliation, Trust
from ci_tokengate.core.showback.values.whole import Showback

__all__ = [
    "Charge",
    "DayDifference",
    "Finding",
    "ModelShare",
    "PerPull",
    "Period",
    "Reconciliation",
    "Showback",
    "TeamFigures",
    "TierShare",
    "Told",
    "Trust",
    "UseCaseMix",
    "Utilisation",
    "by_tier",
    "ratio",
]
