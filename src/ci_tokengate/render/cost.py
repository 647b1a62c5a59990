"""A cost as JSON, and in sentences that terminal, comment and summary share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ci_tokengate.core.cost import Cost, CostRow, CostState, KeyCost
from ci_tokengate.core.money import plain
from ci_tokengate.render.data import printable
from ci_tokengate.render.money import stamp, usd, when
from ci_tokengate.render.words import count


def cost_json(cost: Cost) -> dict[str, Any]:
    """Money is USD in full precision, as text, so that no reader's float touches it."""
    unknown = cost.state is CostState.UNKNOWN
    return {
        "total_usd": plain(cost.total),
        "state": cost.state.value,
        "as_of": stamp(cost.as_of),
        "requests": cost.requests,
        "complete": cost.complete,
        "lost_usd": plain(cost.lost),
        "reason": " ".join(missing_rows(cost)) if unknown else None,
        "rows": [_row_json(row) for row in cost.rows],
        "keys": [_key_json(key) for key in cost.keys],
    }


def unknown_json(reason: str, now: datetime) -> dict[str, Any]:
    """The same form where the proxy could not be asked: unknown is not zero."""
    return {
        "total_usd": None,
        "state": CostState.UNKNOWN.value,
        "as_of": stamp(now),
        "requests": None,
        "complete": False,
        "lost_usd": None,
        "reason": reason,
        "rows": [],
        "keys": [],
    }


def figure(cost: Cost) -> str:
    """`$3.42`, `$3.10 so far`, `at least $3.42`; never a zero for what is not known."""
    if not cost.complete and not cost.total:
        return "not known"
    least = "" if cost.complete else "at least "
    so_far = " so far" if cost.state is CostState.PROVISIONAL else ""
    return f"{least}{usd(cost.total)}{so_far}"


def state_sentence(cost: Cost) -> str:
    """The state with its reason and its time."""
    if cost.state is CostState.UNKNOWN:
        how = "has lost rows" if cost.lost else "does not go back far enough"
        return f"unknown: the proxy's log {how} ({when(cost.as_of)})"
    if cost.state is CostState.SETTLED:
        nothing = not cost.keys and not cost.rows
        known = ": the proxy knows no job key of it" if nothing else ""
        return f"settled {when(cost.as_of)}{known}"
    if cost.running:
        return f"provisional {when(cost.as_of)}, {count(cost.running, 'job')} still running"
    return f"provisional {when(cost.as_of)}, the proxy may still be writing"


def warnings(cost: Cost) -> list[str]:
    """What makes the figure a lower bound, one sentence each."""
    found = [
        f"{count(row.unpriced, 'call')} of {printable(row.model)} "
        f"{'has' if row.unpriced == 1 else 'have'} no price at the proxy{_by_list(row)}."
        for row in cost.rows
        if row.unpriced
    ]
    return found + missing_rows(cost)


def jobs_sentence(keys: Sequence[KeyCost]) -> str:
    """`3 runs, 5 jobs · 1 ran into its cap`."""
    runs = {key.run_id for key in keys}
    capped = sum(bool(key.refused_by_cap) for key in keys)
    text = f"{count(len(runs), 'run')}, {count(len(keys), 'job')}"
    return text + (
        f" · {capped:,} ran into {'its' if capped == 1 else 'their'} cap" if capped else ""
    )


def refusals_of(key: KeyCost) -> str:
    """`cap of $2.00 reached, 6 calls refused`, or nothing."""
    said = []
    if key.refused_by_cap:
        cap = f" of {usd(key.cap)}" if key.cap is not None else ""
        said.append(f"cap{cap} reached, {count(key.refused_by_cap, 'call')} refused")
    if key.refused_by_team:
        said.append(f"{count(key.refused_by_team, 'call')} refused by the team's budget")
    return "; ".join(said)


def missing_rows(cost: Cost) -> list[str]:
    """What the proxy's log should have and does not, or may not, one sentence each."""
    found = []
    if cost.lost:
        found.append(
            f"The proxy's log does not have all rows: its keys spent {usd(cost.lost)} more than they "
            "show. Are rows deleted there, or not written "
            "(maximum_spend_logs_retention_period, disable_spend_logs)?"
        )
    if cost.forgotten:
        found.append(
            f"{count(cost.forgotten, 'job')} ended before the proxy's log begins, so whether "
            f"{'it' if cost.forgotten == 1 else 'they'} spent anything is not known."
        )
    return found


def _by_list(row: CostRow) -> str:
    if row.list_price is None:
        return ", and no price book knows it"
    they = "it costs" if row.unpriced == 1 else "they cost"
    return f"; by the provider's list {they} {usd(row.list_price)}"


def _row_json(row: CostRow) -> dict[str, Any]:
    return {
        "use_case": row.use_case,
        "model": row.model,
        "requests": row.requests,
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "cache_read_tokens": row.cache_read_tokens,
        "cache_write_tokens": row.cache_write_tokens,
        **({"undivided_tokens": row.undivided_tokens} if row.undivided_tokens else {}),
        **({"told": False} if row.untold else {}),
        "cost_usd": plain(row.cost),
        "priced": not row.unpriced,
        "unpriced_requests": row.unpriced,
        "list_price_usd": None if row.list_price is None else plain(row.list_price),
    }


def _key_json(key: KeyCost) -> dict[str, Any]:
    return {
        "id": key.id,
        "alias": key.alias,
        "run_id": key.run_id,
        "attempt": key.attempt,
        "job": key.job,
        "use_case": key.use_case,
        "cost_usd": plain(key.cost),
        "status": key.status,
        "requests": key.requests,
        "cap_usd": None if key.cap is None else plain(key.cap),
        "refused_by_cap": key.refused_by_cap,
        "refused_by_team": key.refused_by_team,
    }
