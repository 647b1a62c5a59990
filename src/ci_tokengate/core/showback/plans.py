"""What a plan is for a month, whatever the period that it was made for."""

from __future__ import annotations

import re
from decimal import Decimal

_PERIOD = re.compile(r"(\d{1,6})(mo|w|d|h|m|s)", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_MONTH = range(28, 32)
"""Days. LiteLLM begins a budget of 30d anew on the first of each month, as one of 1mo.
Source: https://docs.litellm.ai/docs/proxy/users (budget durations)."""


def for_month(plan: Decimal, period: str, days: int) -> Decimal:
    """`plan` (USD a `period`, in LiteLLM's words) for a month of that many days.

    As it is where the period is a month, where there is none, and where it says nothing.
    """
    found = _PERIOD.fullmatch(period)
    if found is None or not int(found[1]) or is_month(period):
        return plan
    number = int(found[1])
    if found[2] == "mo":
        return plan / number
    return plan * (days * 86_400) / (number * _SECONDS[found[2]])


def is_month(period: str) -> bool:
    """Is there nothing to convert?"""
    found = _PERIOD.fullmatch(period)
    if found is None or not int(found[1]):
        return True
    if found[2] == "mo":
        return int(found[1]) == 1
    seconds = int(found[1]) * _SECONDS[found[2]]
    return seconds % 86_400 == 0 and seconds // 86_400 in _MONTH
