"""Reading the spend log: `/spend/logs/v2` (paged) and `/spend/logs`. A user sees the rows of their own keys."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from ci_tokengate.sandbox.clock import milliseconds, zulu
from ci_tokengate.sandbox.refusals import error
from ci_tokengate.sandbox.state import Json, Row, State, hashed
from ci_tokengate.sandbox.web import Call, Reply, number

_COUNTED = 10_000
"""The proxy counts no further."""

_SORTABLE: dict[str, Callable[[Row], Any]] = {
    "startTime": lambda row: row.start,
    "endTime": lambda row: row.fields["end"],
    "spend": lambda row: row.spend,
    "total_tokens": lambda row: row.fields["total_tokens"],
    "model": lambda row: row.fields["model"],
    "request_duration_ms": lambda row: row.fields["end"] - row.start,
    "ttft_ms": lambda row: row.fields["end"] - row.start,
}

_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")


def page_of_logs(state: State, call: Call) -> Reply:
    """`api_key` is a hash here. `key_alias` is an SQL LIKE: `_` and `%` in it match anything."""
    size, page = number(call, "page_size", 50, 1000), number(call, "page", 1, 10**9)
    start, end = _period(call)
    rows = [row for row in _visible(state, call) if start <= row.start < end]
    rows = _sorted([row for row in rows if _fits(row, call)], call)
    shown = rows[(page - 1) * size : page * size]
    total = min(len(rows), _COUNTED)
    return Reply(
        body={
            "data": [_view(row, _offset) for row in shown],
            "total": total,
            "page": page,
            "page_size": size,
            "total_pages": math.ceil(total / size),
            "total_is_capped": len(rows) > _COUNTED,
        }
    )


def _sorted(rows: list[Row], call: Call) -> list[Row]:
    """Newest first unless told otherwise."""
    by, order = call.query.get("sort_by", "startTime"), call.query.get("sort_order", "desc")
    if by not in _SORTABLE:
        wanted = ", ".join(sorted(_SORTABLE))
        raise error(400, f"Invalid sort_by: {by}. Must be one of: {wanted}", param="sort_by")
    if order.lower() not in ("asc", "desc"):
        wanted = "Must be one of: asc, desc"
        raise error(400, f"Invalid sort_order: {order}. {wanted}", param="sort_order")
    return sorted(rows, key=_SORTABLE[by], reverse=order.lower() == "desc")


def logs(state: State, call: Call) -> Reply:
    """`api_key` is a hash or the key itself. With dates it answers sums by day unless `summarize=false`."""
    asked = call.query.get("api_key", "")
    tokens = {asked, hashed(asked)} if asked else None
    rows = [row for row in _visible(state, call) if tokens is None or row.token in tokens]
    if "start_date" in call.query and "end_date" in call.query:
        start, end = _period(call)
        rows = [row for row in rows if start <= row.start < end]
        if call.query.get("summarize", "true").lower() != "false":
            return Reply(body=_by_day(rows))
    return Reply(body=[_view(row, zulu) for row in rows])


def _visible(state: State, call: Call) -> list[Row]:
    """Newest first."""
    caller = call.caller
    rows = [row for row in state.rows if caller.reads_all or row.fields["user"] == caller.user_id]
    return sorted(rows, key=lambda row: row.start, reverse=True)


def _period(call: Call) -> tuple[datetime, datetime]:
    start, end = call.query.get("start_date"), call.query.get("end_date")
    if not start or not end:
        message = "Start date and end date are required"
        raise error(400, message, "bad_request", "None")
    return _moment(start), _moment(end)


def _moment(text: str) -> datetime:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=timezone.utc)
        except ValueError:
            continue
    wanted = "Expected: 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS'"
    raise error(400, f"Invalid date format: {text}. {wanted}")


def _fits(row: Row, call: Call) -> bool:
    query = call.query
    alias = query.get("key_alias")
    return (
        query.get("api_key", row.token) == row.token
        and query.get("team_id", row.fields["team_id"]) == row.fields["team_id"]
        and query.get("request_id", row.fields["request_id"]) == row.fields["request_id"]
        and query.get("status_filter", row.fields["status"]) == row.fields["status"]
        and (alias is None or _like(alias, row.metadata["user_api_key_alias"] or ""))
    )


def _like(wanted: str, text: str) -> bool:
    wild = {"_": ".", "%": ".*"}
    pattern = "".join(wild.get(char, re.escape(char)) for char in wanted)
    return re.search(pattern, text, re.DOTALL) is not None


def _offset(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None


def _view(row: Row, stamp: Callable[[datetime | None], str | None]) -> Json:
    fields = {name: value for name, value in row.fields.items() if name not in ("start", "end")}
    begun, ended = milliseconds(row.start), milliseconds(row.fields["end"])
    return {
        **fields,
        "api_key": row.token,
        "spend": float(row.spend) or 0,
        "startTime": stamp(begun),
        "endTime": stamp(ended),
        "metadata": row.metadata,
        "request_duration_ms": (ended - begun) // timedelta(milliseconds=1),
    }


def _by_day(rows: list[Row]) -> list[Json]:
    days: dict[str, list[Row]] = {}
    for row in rows:
        days.setdefault(row.start.date().isoformat(), []).append(row)
    return [
        {
            **_sums(day, lambda row: row.token),
            "startTime": date,
            "spend": float(sum((row.spend for row in day), Decimal(0))),
            "users": _sums(day, lambda row: str(row.fields["user"])),
            "models": _sums(day, lambda row: str(row.fields["model"])),
        }
        for date, day in sorted(days.items())
    ]


def _sums(rows: list[Row], by: Callable[[Row], str]) -> dict[str, float]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[by(row)] = sums.get(by(row), Decimal(0)) + row.spend
    return {name: float(total) for name, total in sums.items()}
