"""The sheets of the spreadsheet, in their order."""

from __future__ import annotations

from ci_tokengate.core.showback.values import Showback
from ci_tokengate.render.showback.sheets.form import Sheet
from ci_tokengate.render.showback.sheets.money import (
    charge_sheet,
    difference_sheet,
    mix_sheet,
    tier_sheet,
)
from ci_tokengate.render.showback.sheets.teams import budget_sheet, per_pull_sheet, trend_sheet


def sheets(report: Showback) -> list[Sheet]:
    """In the order in which they stand in the file."""
    return [
        per_pull_sheet(report.teams),
        trend_sheet("Months", report.months),
        trend_sheet("Weeks", report.weeks),
        budget_sheet(report.teams),
        mix_sheet(report),
        tier_sheet(report),
        charge_sheet(report),
        difference_sheet(report),
    ]
