"""Charts as SVG, by Vega-Lite within vl-convert: no browser, no network.

Colours are stand-ins, which the page's style sheet replaces by those of its light or dark scheme.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import vl_convert

from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.showback.values import Period, Showback, by_tier
from ci_tokengate.render.data import printable
from ci_tokengate.render.showback.tables import NOT_A_JOB

Spec = dict[str, Any]
INK, MUTED, GRID, BACK = "#101011", "#777778", "#e1e1e2", "#fefefd"
SPEND, OUTPUT = "#3366f1", "#f18033"
TIERS = {"fast": "#2fb171", "middle": "#3f8ff2", "strong": "#b14fd3", "unknown": "#999998"}
_WIDTH, _HEIGHT = 440, 210
_CASES = 8
_LABELS = 110
_SIZE = re.compile(r'(<svg[^>]*?) width="\d+(?:\.\d+)?" height="\d+(?:\.\d+)?"')
_CLIP = re.compile(r"\bclip\d+\b")
_VERSION = "5.20"


def per_pull_svg(periods: Sequence[Period], name: str) -> str:
    """Cost per merged pull request over time; a gap where none was merged."""
    values = [
        {"period": _short(p), "usd": _float(p.per_merged), "partial": p.partial} for p in periods
    ]
    x: Spec = {"field": "period", "type": "ordinal", "sort": None, "axis": _axis(grid=False)}
    y: Spec = {
        "field": "usd",
        "type": "quantitative",
        "axis": {**_axis(), "format": "$,.0f", "tickCount": 4},
    }
    bars: Spec = {
        "mark": {"type": "bar", "color": SPEND, "cornerRadiusEnd": 3, "width": {"band": 0.66}},
        "encoding": {"x": x, "y": y, "opacity": _faint()},
    }
    text: Spec = {
        "mark": {"type": "text", "dy": -7, "fontSize": 11, "color": MUTED},
        "encoding": {"x": x, "y": y, "text": {"field": "usd", "format": "$,.0f"}},
    }
    return _svg({"data": {"values": values}, "layer": [bars, text]}, name)


def trend_svg(periods: Sequence[Period], name: str) -> str:
    """Both indexes as lines, named at their ends' legend."""
    values = []
    for p in periods:
        for series, value in (("spend", p.spend_index), ("merged PRs", p.output_index)):
            values.append({"period": _short(p), "index": _float(value), "series": series})
    x: Spec = {"field": "period", "type": "ordinal", "sort": None, "axis": _axis(grid=False)}
    return _svg(
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
                    "axis": {**_axis(), "tickCount": 5},
                },
                "color": _colors("series", {"spend": SPEND, "merged PRs": OUTPUT}),
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
    return _svg(
        {
            "data": {"values": values},
            "mark": {"type": "bar", "height": {"band": 0.62}, "stroke": BACK, "strokeWidth": 1},
            "encoding": {
                "y": {
                    "field": "case",
                    "type": "nominal",
                    "sort": None,
                    "axis": {**_axis(grid=False), "labelLimit": _LABELS + 30},
                },
                "x": {
                    "field": "usd",
                    "type": "quantitative",
                    "axis": {**_axis(), "format": "$,.0f", "tickCount": 4},
                },
                "color": _colors("tier", TIERS, shown={str(v["tier"]) for v in values}),
                "order": {"field": "rank"},
            },
        },
        "mix",
        width=_WIDTH - _LABELS,
        height=max(3, min(len(report.mix), _CASES)) * 36,
    )


def _svg(spec: Spec, name: str, *, width: int = _WIDTH, height: int = _HEIGHT) -> str:
    """An element to be put into a page: it scales with its column."""
    whole = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "background": None,
        "padding": 4,
        "config": {
            "view": {"stroke": None},
            "font": "system-ui, sans-serif",
            "legend": {
                "orient": "top",
                "title": None,
                "labelFontSize": 13,
                "labelColor": INK,
                "symbolType": "circle",
                "offset": 6,
            },
        },
        **spec,
    }
    drawn: str = vl_convert.vegalite_to_svg(whole, vl_version=_VERSION, allowed_base_urls=[])
    return _renumbered(_SIZE.sub(r"\1", drawn, count=1), name)


def _renumbered(svg: str, name: str) -> str:
    """Vega counts its clip paths through the process; in a page each chart's have names of their own."""
    known = dict.fromkeys(_CLIP.findall(svg))
    new = {old: f"{name}-clip{number}" for number, old in enumerate(known)}
    return _CLIP.sub(lambda found: new[found[0]], svg)


def _axis(*, grid: bool = True) -> Spec:
    return {
        "title": None,
        "grid": grid,
        "gridColor": GRID,
        "domain": not grid,
        "domainColor": GRID,
        "ticks": False,
        "labelColor": MUTED,
        "labelFontSize": 12,
        "labelPadding": 6,
        "labelAngle": 0,
        "labelOverlap": True,
    }


def _colors(field: str, colors: dict[str, str], shown: set[str] | None = None) -> Spec:
    domain = [name for name in colors if shown is None or name in shown]
    scale = {"domain": domain, "range": [colors[name] for name in domain]}
    return {"field": field, "type": "nominal", "scale": scale}


def _faint() -> Spec:
    return {"condition": {"test": "datum.partial", "value": 0.55}, "value": 1}


def _short(period: Period) -> str:
    """`Oct`, `W41`: twelve months and thirteen weeks name no two alike."""
    return period.label[5:] if "W" in period.label else f"{period.first:%b}"


def _float(value: Decimal | None) -> float | None:
    """For drawing only."""
    return None if value is None else float(value)
