"""`GET /team/daily/activity`: the proxy's own sums by team and day, from a table of its own.

A row of that table is one day of one key on one model; pages cut those rows, so a team's day can be
spread over several pages, and each page tells its own sums only. Sums are of binary floats.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from ci_tokengate.sandbox.refusals import detail
from ci_tokengate.sandbox.state import Json, Row, State
from ci_tokengate.sandbox.web import Call, Reply, number

_COUNTS = {
    "prompt_tokens": "prompt_tokens",
    "completion_tokens": "completion_tokens",
    "total_tokens": "total_tokens",
}
_NO_TEAM = "Unassigned"


def of_teams(state: State, call: Call) -> Reply:
    """Both days are in it. Without `team_ids` all teams; a user without the role sees their own keys."""
    first, last = _day(call, "start_date"), _day(call, "end_date")
    wanted = set(filter(None, call.query.get("team_ids", "").split(",")))
    table: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in state.rows:
        team = str(row.fields["team_id"] or "")
        own = call.caller.reads_all or row.fields["user"] == call.caller.user_id
        if own and first <= row.start.date() <= last and (not wanted or team in wanted):
            name = (row.start.date().isoformat(), team, row.token, str(row.fields["model"]))
            table.setdefault(name, []).append(row)
    page, size = number(call, "page", 1, 10**9), number(call, "page_size", 50, 10**6)
    lines = sorted(table.items(), reverse=True)
    shown = lines[(page - 1) * size : page * size]
    days = sorted({name[0] for name, _ in shown}, reverse=True)
    pages = math.ceil(len(lines) / size)
    sums = {f"total_{name}": value for name, value in _metrics([r for _, r in shown]).items()}
    return Reply(
        body={
            "results": [_of_day(state, day, shown) for day in days],
            "metadata": {
                **sums,
                "page": page,
                "total_pages": pages,
                "has_more": page < pages,
            },
        }
    )


def _day(call: Call, name: str) -> date:
    if not call.query.get("start_date") or not call.query.get("end_date"):
        raise detail(400, {"error": "Please provide start_date and end_date"})
    try:
        return date.fromisoformat(call.query[name])
    except ValueError:
        message = "start_date and end_date must be valid YYYY-MM-DD dates"
        raise detail(400, {"error": message}) from None


def _of_day(
    state: State, day: str, lines: Sequence[tuple[tuple[str, str, str, str], list[Row]]]
) -> Json:
    its = [(name, rows) for name, rows in lines if name[0] == day]
    teams: dict[str, list[list[Row]]] = {}
    for (_, team, _, _), rows in its:
        teams.setdefault(team, []).append(rows)
    return {
        "date": day,
        "metrics": _metrics([rows for _, rows in its]),
        "breakdown": {
            "entities": {
                team or _NO_TEAM: {
                    "metrics": _metrics(groups),
                    "metadata": {"team_alias": _alias(state, team)},
                    "api_key_breakdown": {},
                }
                for team, groups in teams.items()
            }
        },
    }


def _alias(state: State, team: str) -> str | None:
    known = state.teams.get(team)
    return known.alias if known else None


def _metrics(groups: Sequence[Sequence[Row]]) -> Json:
    rows = [row for group in groups for row in group]
    done = sum(row.fields["status"] == "success" for row in rows)
    counts: dict[str, Any] = {
        name: sum(int(row.fields[field]) for row in rows) for name, field in _COUNTS.items()
    }
    return {
        "spend": sum((float(row.spend) for row in rows), 0.0),
        **counts,
        "successful_requests": done,
        "failed_requests": len(rows) - done,
        "api_requests": len(rows),
    }
