"""The report as one long table: a line for each figure, for spreadsheets and databases to pivot.

What strangers chose stays text (render.cells).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from ci_tokengate.core.showback.values import Showback
from ci_tokengate.render.cells import cell
from ci_tokengate.render.data import printable
from ci_tokengate.render.showback.as_json import Json, as_json

HEAD = (
    *("section", "period", "team", "cost_center", "use_case", "model", "tier"),
    *("utc_day", "proxy", "figure", "value"),
)
_LONGEST = 300
_TEXTS = frozenset(HEAD) - {"section", "figure", "value"}
_DROPPED = frozenset({"months", "models", "first_day", "end_day", "id", "name", "label"})


def as_csv(report: Showback) -> str:
    """UTF-8 text with \\r\\n, as RFC 4180 has it; amounts in full precision, empty where not known."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEAD, restval="")
    writer.writeheader()
    for line in _lines(as_json(report)):
        writer.writerow({k: safe(v) if k in _TEXTS else v for k, v in line.items()})
    return out.getvalue()


def safe(text: object) -> str:
    """On one line, and never a formula."""
    return cell(printable(str(text), _LONGEST)) if text else ""


def _lines(body: Json) -> Iterator[Json]:
    month = {"period": body["month"]}
    about = ("zone", "made_at", "as_of", "over", "closed")
    yield from _figures("about", month, {name: body[name] for name in about})
    yield from _figures("cost_per_merged_pr", month, body["cost_per_merged_pr"])
    for team in body["teams"]:
        who = {**month, "team": team["name"], "cost_center": team["cost_center"]}
        yield from _figures("cost_per_merged_pr", who, team["cost_per_merged_pr"])
        yield from _figures("budget", {**who, "tier": team["budget"]["tier"]}, team["budget"])
        for period in team["months"]:
            yield from _figures("trend_months", {**who, "period": period["label"]}, period)
    for kind in ("months", "weeks"):
        for period in body["trend"][kind]:
            yield from _figures(f"trend_{kind}", {"period": period["label"]}, period)
    yield from _mix(month, body["model_mix"])
    for charge in body["chargeback"]["cost_centers"]:
        yield from _figures("chargeback", {**month, "cost_center": charge["cost_center"]}, charge)
    yield from _trust(month, body["trust"])


def _mix(month: Json, mix: Json) -> Iterator[Json]:
    for case in mix["use_cases"]:
        for model in case["models"]:
            what = {"use_case": case["use_case"], "model": model["model"], "tier": model["tier"]}
            yield from _figures("model_mix", {**month, **what}, model)
    for found in mix["findings"]:
        what = {name: found[name] for name in ("use_case", "model", "tier")}
        yield from _figures("routing_finding", {**month, **what}, found)


def _trust(month: Json, trust: Json) -> Iterator[Json]:
    found = trust["reconciliation"]
    for model, requests in trust["unpriced_requests"].items():
        yield from _figures("unpriced", {**month, "model": model}, {"requests": requests})
    plain = {k: v for k, v in trust.items() if k not in ("reconciliation", "unpriced_requests")}
    yield from _figures("trust", month, plain)
    yield from _figures("reconciliation", month, {k: v for k, v in found.items() if k != "worst"})
    for day in found["worst"]:
        where = {name: day[name] for name in ("team", "proxy", "utc_day")}
        yield from _figures("difference", {**month, **where}, day)


def _figures(section: str, about: Json, found: Json) -> Iterator[Json]:
    for name, value in found.items():
        if name not in about and name not in _DROPPED:
            yield {"section": section, **about, "figure": name, "value": _value(value)}


def _value(value: Any) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return len(value)
    return "" if value is None else value
