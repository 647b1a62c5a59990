"""A chart as SVG, by Vega-Lite within vl-convert: no browser, no network.

Colours are stand-ins, which the page's style sheet replaces by those of its light or dark scheme.
"""

from __future__ import annotations

import re
from typing import Any

import vl_convert

Spec = dict[str, Any]
INK, MUTED, GRID, BACK = "#101011", "#777778", "#e1e1e2", "#fefefd"
WIDTH, HEIGHT = 440, 210
_SIZE = re.compile(r'(<svg[^>]*?) width="\d+(?:\.\d+)?" height="\d+(?:\.\d+)?"')
_CLIP = re.compile(r"\bclip\d+\b")
_VERSION = "5.20"


def svg(spec: Spec, name: str, *, width: int = WIDTH, height: int = HEIGHT) -> str:
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


def axis(*, grid: bool = True) -> Spec:
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


def colors(field: str, colors: dict[str, str], shown: set[str] | None = None) -> Spec:
    domain = [name for name in colors if shown is None or name in shown]
    scale = {"domain": domain, "range": [colors[name] for name in domain]}
    return {"field": field, "type": "nominal", "scale": scale}
