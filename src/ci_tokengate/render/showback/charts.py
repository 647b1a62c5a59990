"""The report's charts: cost per merged pull request, trend, models by use case."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.showback.values import Period, Showback, by_tier
from ci_tokengate.render.data import printable
from ci_tokengate.render.showback.tables import NOT_A_JOB
from ci_tokengate.render.showback.vega import BACK, MUTED, WIDTH, Spec, axis, colors, svg

SPEND, OUTPUT = "#3366f1", "#f18033"
TIERS = {"fast": "#2fb171", "middle": "#3f8ff2", "strong": "#b14fd3", "unknown": "#999998"}
_CASES = 8
_LABELS = 110


def per_pull_svg(periods: Sequence[Period], name: str) -> str:
    """Cost per merged pull request over time; a gap where none was merged."""
    values = [
        {"period": _short(p), "usd": _float(p.per_merged), "partial": p.partial} for p in periods
    ]
    x: Spec = {"field": "period", "type": "ordinal", "sort": None, "axis": axis(grid=False)}
    y: Spec = {
        "field": "usd",
        "type": "quantitative",
        "axis": {**axis(), "format": "$,.0f", "tickCount": 4},
    }
    bars: Spec = {
        "mark": {"type": "bar", "color": SPEND, "cornerRadiusEnd": 3, "width": {"band": 0.66}},
        "encoding": {"x": x, "y": y, "opacity": _faint()},
    }
    text: Spec = {
        "mark": {"type": "text", "dy": -7, "fontSize": 11, "color": MUTED},
        "encoding": {"x": x, "y": y, "text": {"field": "usd", "format": "$,.0f"}},
    }
    return svg({"data": {"values": values}, "layer": [bars, text]}, name)


def trend_svg(periods: Sequence[Period], name: str) -> str:
    """Both indexes as lines, named at their ends' legend."""
    values = []
    for p in periods:
        for series, value in (("spend", p.spend_index), ("merged PRs", p.output_index)):
            values.append({"period": _short(p), "index": _float(value), "series": series})
    x: Spec = {"field": "period", "type": "ordinal", "sort": None, "axis": axis(grid=False)}
    return svg(
        {
            "data": {"values": values},
            "mark": {
                "type": "line",
                "interpolate": "monotone",
                "strokeWidth": 2.5,
                "point": {"filled": True, "size": 34},
            },
            "encoding": {
                "x": {**x, "scale": {"type": "point", "padding": 0.4}},
                "y": {
                    "field": "index",
                    "type": "quantitative",
                    "axis": {**axis(), "tickCount": 5},
                },
                "color": colors("series", {"spend": SPEND, "merged PRs": OUTPUT}),
            },
        },
        name,
    )


def mix_svg(report: Showback) -> str:
    """Each use case's spend, parted by tier; the dearest ones."""
    values: list[Spec] = []
    for case in report.mix[:_CASES]:
        name = printable(case.use_case, 22) if case.attributed and case.use_case else NOT_A_JOB
        for share in by_tier([case]):
            if share.cost > 0:
                rank = share.tier.rank if share.tier else len(ModelTier)
                values.append(
                    {"case": name, "usd": float(share.cost), "tier": share.name, "rank": rank}
                )
    return svg(
        {
            "data": {"values": values},
            "mark": {"type": "bar", "height": {"band": 0.62}, "stroke": BACK, "strokeWidth": 1},
            "encoding": {
                "y": {
                    "field": "case",
                    "type": "nominal",
                    "sort": None,
                    "axis": {**axis(grid=False), "labelLimit": _LABELS + 30},
                },
                "x": {
                    "field": "usd",
                    "type": "quantitative",
                    "axis": {**axis(), "format": "$,.0f", "tickCount": 4},
                },
                "color": colors("tier", TIERS, shown={str(v["tier"]) for v in values}),
                "order": {"field": "rank"},
            },
        },
        "mix",
        width=WIDTH - _LABELS,
        height=max(3, min(len(report.mix), _CASES)) * 36,
    )


def _faint() -> Spec:
    return {"condition": {"test": "datum.partial", "value": 0.55}, "value": 1}


def _short(period: Period) -> str:
    """`Oct`, `W41`: twelve months and thirteen weeks name no two alike."""
    return period.label[5:] if "W" in period.label else f"{period.first:%b}"


def _float(value: Decimal | None) -> float | None:
    """For drawing only."""
    return None if value is None else float(value)
