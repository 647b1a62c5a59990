"""Sums of calls over a time: graphs and groups, in cents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from ci_tokengate.sandbox.portkey.keys import iso, page
from ci_tokengate.sandbox.portkey.refusals import refused
from ci_tokengate.sandbox.portkey.state import Call, Json, Key, State

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")


@dataclass(frozen=True, kw_only=True)
class Grouped:
    name: str
    calls: list[Call]


def graph(state: State, caller: Key, what: str, query: dict[str, str]) -> Json:
    found = _found(state, caller, query)
    hours = groupby(found, key=lambda call: call.at.replace(minute=0, second=0, microsecond=0))
    points = [_point(state, what, hour, list(calls)) for hour, calls in hours]
    return {
        "summary": _sums(state, what, found),
        "data_points": points,
        "object": "analytics-graph",
    }


def by_metadata(state: State, caller: Key, name: str, query: dict[str, str]) -> Json:
    found = [call for call in _found(state, caller, query) if name in call.metadata]
    groups = _grouped(found, lambda call: call.metadata[name])
    return page(groups, query, lambda group: _group(state, "metadata_value", group))


def by_model(state: State, caller: Key, query: dict[str, str]) -> Json:
    """The description has no cost here, and the number of requests as a text."""
    groups = _grouped(_found(state, caller, query), lambda call: call.model)
    return page(
        groups,
        query,
        lambda group: {
            "ai_model": group.name,
            "requests": str(len(group.calls)),
            "object": "analytics-group",
        },
    )


def _found(state: State, caller: Key, query: dict[str, str]) -> list[Call]:
    since, until = (_time(query, f"time_of_generation_{end}") for end in ("min", "max"))
    if "workspace_slug" not in query:
        raise refused(400, '"workspace_slug" is required')
    slug = caller.workspace or query["workspace_slug"]
    wanted = json.loads(query.get("metadata") or "{}")
    ids = set(filter(None, query.get("api_key_ids", "").split(",")))
    models = set(filter(None, query.get("ai_org_model", "").split(",")))
    statuses = set(filter(None, query.get("status_code", "").split(",")))
    return [
        call
        for call in state.visible()
        if call.workspace == slug
        and since <= call.at <= until
        and wanted.items() <= call.metadata.items()
        and (not ids or call.key_id in ids)
        and (not models or f"{call.provider}__{call.model}" in models)
        and (not statuses or str(call.status) in statuses)
    ]


def _time(query: dict[str, str], name: str) -> datetime:
    text = query.get(name, "")
    if not _TIME.fullmatch(text):
        raise refused(400, f'"{name}" must be an ISO date with an offset')
    return datetime.fromisoformat(text)


def _grouped(calls: Iterable[Call], name: object) -> list[Grouped]:
    found: dict[str, list[Call]] = {}
    for call in calls:
        found.setdefault(name(call), []).append(call)  # type: ignore[operator]
    return [Grouped(name=name, calls=of) for name, of in found.items()]


def _sums(state: State, what: str, calls: list[Call]) -> Json:
    if what == "requests":
        return {"total": len(calls)}
    if what == "tokens":
        tokens = sum(call.tokens for call in calls)
        return {"total": tokens, "avg": tokens // len(calls) if calls else 0}
    total = _cost(state, calls)
    mean = total / len(calls) if calls else 0
    return {"total": total, "avg": round(mean) if state.whole_cents else mean}


def _point(state: State, what: str, hour: datetime, calls: list[Call]) -> Json:
    return {"timestamp": iso(hour), **_sums(state, what, calls)}


def _cost(state: State, calls: Iterable[Call], unit: Decimal = Decimal(1)) -> float:
    cents = sum((call.cost for call in calls), Decimal(0)) * state.unit * unit
    return round(cents) if state.whole_cents else float(cents)


def _group(state: State, kind: str, group: Grouped) -> Json:
    return {
        kind: group.name,
        "requests": len(group.calls),
        "cost": _cost(state, group.calls, state.group_unit),
        "avg_tokens": sum(call.tokens for call in group.calls) // len(group.calls),
        "avg_weighted_feedback": 0,
        "requests_with_feedback": 0,
        "last_seen": iso(max(call.at for call in group.calls)),
        "object": "analytics-group",
    }
