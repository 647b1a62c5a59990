"""Charts as Mermaid, which GitHub draws. Its version lags, so a table always stands beside them.

Source: https://mermaid.js.org/syntax/xyChart.html and https://mermaid.js.org/syntax/pie.html
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from ci_tokengate.core.showback.values import Showback, by_tier
from ci_tokengate.render.data import printable

_CENT = Decimal("0.01")
_BARS = 12
_ROOM = Decimal("1.05")


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
    spend, output = ([_of(getattr(p, n)) for p in months] for n in ("spend_index", "output_index"))
    return _fenced(
        "xychart-beta",
        '    title "Spend (bars) against merged pull requests (line), first month = 100"',
        f"    x-axis [{', '.join(label(f'{p.first:%b}') for p in months)}]",
        f'    y-axis "index" {_from_zero(spend + output)}',
        f"    bar [{_numbers(spend)}]",
        f"    line [{_numbers(output)}]",
    )


def per_pull_chart(report: Showback) -> str:
    """The teams that merged something, those that spent most. Lying, so that names do not overlap."""
    teams = [t for t in report.teams if t.per_pull.per_merged][:_BARS]
    if len(teams) < 2:
        return ""
    each = [_of(t.per_pull.per_merged) for t in teams]
    return _fenced(
        "xychart-beta horizontal",
        '    title "Cost per merged pull request, USD"',
        f"    x-axis [{', '.join(label(t.name or 'no team') for t in teams)}]",
        f'    y-axis "USD" {_from_zero(each)}',
        f"    bar [{_numbers(each)}]",
    )


def tier_chart(report: Showback) -> str:
    """The month's spend by tier of model."""
    slices = [
        f"    {label(tier.name if tier.tier else 'unknown tier')} : {_number(tier.cost)}"
        for tier in by_tier(report.mix)
        if tier.cost >= _CENT
    ]
    if not slices:
        return ""
    return _fenced("pie showData", "    title Spend by tier of model, USD", *slices)


def _fenced(*lines: str) -> str:
    return "\n".join(["```mermaid", *lines, "```"])


def _of(value: Decimal | None) -> Decimal:
    return max(value or Decimal(0), Decimal(0))


def _from_zero(values: Sequence[Decimal]) -> str:
    """The axis: without one Mermaid begins at the least value, and its bar is as good as none."""
    return f"0 --> {_number(max(*values, Decimal(1)) * _ROOM)}"


def _numbers(values: Sequence[Decimal]) -> str:
    return ", ".join(map(_number, values))


def _number(value: Decimal) -> str:
    """Never negative: Mermaid's pie refuses it."""
    return f"{max(value, Decimal(0)).quantize(_CENT, rounding=ROUND_HALF_EVEN):f}"
