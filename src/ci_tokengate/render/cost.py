"""A cost on a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from ci_tokengate.core.cost import Cost, CostRow, CostState, KeyCost
from ci_tokengate.core.money import plain
from ci_tokengate.render.money import stamp, usd, when

_HEAD = ("use case", "model", "requests", "tokens in", "out", "cache read", "write", "cost")


def cost_json(cost: Cost) -> dict[str, Any]:
    """Money is USD in full precision, as text, so that no reader's float touches it."""
    return {
        "total_usd": plain(cost.total),
        "state": cost.state.value,
        "as_of": stamp(cost.as_of),
        "requests": cost.requests,
        "complete": cost.complete,
        "lost_usd": plain(cost.lost),
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
        "reason": reason,
        "rows": [],
        "keys": [],
    }


def cost_lines(cost: Cost, subject: str) -> list[str]:
    """The figure first, then its parts, one line each."""
    lines = [f"AI cost of {subject}: {figure(cost)}", f"  {state_sentence(cost)}"]
    lines += [f"  ! {note}" for note in warnings(cost)]
    if cost.rows:
        cells = [_HEAD, *(_cells(row) for row in cost.rows)]
        lines += ["", *(f"  {line}" for line in _aligned(cells))]
    if cost.keys:
        lines += ["", f"  {jobs_sentence(cost.keys)}"]
        jobs = [_key_cells(key) for key in cost.keys]
        lines += [f"    {line}" for line in _aligned(jobs, right=(3,))]
    return lines


def figure(cost: Cost) -> str:
    """`$3.42`, `$3.10 so far`, `at least $3.42`; never a zero for what is not known."""
    if not cost.complete:
        return f"at least {usd(cost.total)}"
    return usd(cost.total) + (" so far" if cost.running else "")


def state_sentence(cost: Cost) -> str:
    """The state with its reason and its time."""
    if cost.state is CostState.SETTLED:
        return f"settled {when(cost.as_of)}"
    if cost.state is CostState.UNKNOWN:
        return f"unknown: the proxy's log has lost rows ({when(cost.as_of)})"
    if cost.running:
        return f"provisional {when(cost.as_of)}, {_count(cost.running, 'job')} still running"
    return f"provisional {when(cost.as_of)}, the proxy may still be writing"


def warnings(cost: Cost) -> list[str]:
    """What makes the figure a lower bound, one sentence each."""
    found = [
        f"{_count(row.unpriced, 'call')} of {row.model} {'has' if row.unpriced == 1 else 'have'} "
        f"no price at the proxy{_by_list(row.list_price)}."
        for row in cost.rows
        if row.unpriced
    ]
    if cost.lost:
        found.append(
            f"The proxy's log no longer has all rows: its keys spent {usd(cost.lost)} more than "
            "the rows show. Are old rows deleted there (maximum_spend_logs_retention_period)?"
        )
    return found


def jobs_sentence(keys: Sequence[KeyCost]) -> str:
    """`3 runs, 5 jobs · 1 ran into its cap`."""
    runs = {key.run_id for key in keys}
    capped = sum(bool(key.refused_by_cap) for key in keys)
    text = f"{_count(len(runs), 'run')}, {_count(len(keys), 'job')}"
    return text + (
        f" · {capped} ran into {'its' if capped == 1 else 'their'} cap" if capped else ""
    )


def refusals_of(key: KeyCost) -> str:
    """`cap of $2.00 reached, 6 calls refused`, or nothing."""
    said = []
    if key.refused_by_cap:
        cap = f" of {usd(key.cap)}" if key.cap is not None else ""
        said.append(f"cap{cap} reached, {_count(key.refused_by_cap, 'call')} refused")
    if key.refused_by_team:
        said.append(f"{_count(key.refused_by_team, 'call')} refused by the team's budget")
    return "; ".join(said)


def _by_list(price: Decimal | None) -> str:
    if price is None:
        return ", and no price book knows it"
    return f"; by the provider's list they cost {usd(price)}"


def _row_json(row: CostRow) -> dict[str, Any]:
    return {
        "use_case": row.use_case,
        "model": row.model,
        "requests": row.requests,
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "cache_read_tokens": row.cache_read_tokens,
        "cache_write_tokens": row.cache_write_tokens,
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


def _cells(row: CostRow) -> tuple[str, ...]:
    counts = (row.requests, row.input_tokens, row.output_tokens)
    caches = (row.cache_read_tokens, row.cache_write_tokens)
    return (
        row.use_case,
        row.model,
        *(f"{n:,}" for n in counts),
        *(f"{n:,}" if n else "–" for n in caches),
        usd(row.cost) if row.cost or not row.unpriced else "no price",
    )


def _key_cells(key: KeyCost) -> tuple[str, ...]:
    said = refusals_of(key)
    state = key.status + (f" · {said}" if said else "")
    return (f"run {key.run_id}.{key.attempt}", key.job, key.use_case, usd(key.cost), state)


def _aligned(rows: Sequence[Sequence[str]], right: Sequence[int] = range(2, 8)) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
