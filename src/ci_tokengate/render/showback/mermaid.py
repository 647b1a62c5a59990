"""Charts as Mermaid, which GitHub draws. Its version lags, so a table always stands beside them.

Source: https://mermaid.js.org/syntax/xyChart.html and https://mermaid.js.org/syntax/pie.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from ci_tokengate.core.policy import ModelTier
from ci_tokengate.core.showback.values import Showback
from ci_tokengate.render.data import printable

_CENT = Decimal("0.01")
_BARS = 12


def label(name: str) -> str:
    """Letters, digits and few signs: Mermaid has no way to escape in a quoted text."""
    kept = "".join(c if c.isalnum() or c in " -_." else "·" for c in printable(name, 24))
    return f'"{kept}"'


def trend_chart(report: Showback) -> str:
    """Spend and output, both indexed, by month; from the first month in which there is anything."""
    months = [p for p in report.months if p.spend_index is not None and p.output_index is not None]
    begun = next((n for n, p in enumerate(months) if p.spend or p.merged), len(months))
    months = months[begun:]
    if len(months) < 2:
        return ""
    return _fenced(
        "xychart-beta",
        '    title "Spend (bars) against merged pull requests (line), first month = 100"',
        f"    x-axis [{', '.join(label(p.label) for p in months)}]",
        '    y-axis "index"',
        f"    bar [{_numbers(p.spend_index or Decimal(0) for p in months)}]",
        f"    line [{_numbers(p.output_index or Decimal(0) for p in months)}]",
    )


def per_pull_chart(report: Showback) -> str:
    """The teams that merged something, those that spent most."""
    teams = [(t.name, t.per_pull.per_merged) for t in report.teams if t.per_pull.per_merged]
    if len(teams) < 2:
        return ""
    names = ", ".join(label(name or "no team") for name, _ in teams[:_BARS])
    return _fenced(
        "xychart-beta",
        '    title "Cost per merged pull request, USD"',
        f"    x-axis [{names}]",
        '    y-axis "USD"',
        f"    bar [{_numbers(amount for _, amount in teams[:_BARS] if amount is not None)}]",
    )


def tier_chart(report: Showback) -> str:
    """The month's spend by tier of model."""
    slices = []
    for tier in (*ModelTier, None):
        cost = sum((m.cost for case in report.mix for m in case.of_tier(tier)), Decimal(0))
        if cost >= _CENT:
            name = tier.value if tier else "unknown tier"
            slices.append(f"    {label(name)} : {_number(cost)}")
    if not slices:
        return ""
    return _fenced("pie showData", "    title Spend by tier of model, USD", *slices)


def _fenced(*lines: str) -> str:
    return "\n".join(["```mermaid", *lines, "```"])


def _numbers(values: Iterable[Decimal]) -> str:
    found: Sequence[str] = [_number(value) for value in values]
    return ", ".join(found)


def _number(value: Decimal) -> str:
    """Never negative: Mermaid's pie refuses it."""
    return f"{max(value, Decimal(0)).quantize(_CENT, rounding=ROUND_HALF_EVEN):f}"
