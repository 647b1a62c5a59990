"""A cost on a terminal: the figure first, then its parts, as many as a person reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypeVar

from ci_tokengate.core.cost import Cost, CostRow, KeyCost
from ci_tokengate.core.money import exact_sum, plain
from ci_tokengate.render.columns import aligned
from ci_tokengate.render.cost import figure, jobs_sentence, refusals_of, state_sentence, warnings
from ci_tokengate.render.counted import counted
from ci_tokengate.render.data import printable
from ci_tokengate.render.money import usd
from ci_tokengate.render.words import count

_MOST = 50
_HEAD = ("use case", "model", "requests", "tokens in", "out", "cache read", "write", "cost")
_FIGURES = range(2, 8)
_T = TypeVar("_T")


def cost_lines(cost: Cost, subject: str) -> list[str]:
    """Names in it are data: none of them moves a cursor or breaks a line."""
    lines = [
        f"AI cost of {printable(subject, 200)}: {figure(cost)}",
        f"  {state_sentence(cost)}{_exactly(cost.total)}",
        *(f"  ! {note}" for note in warnings(cost)[:_MOST]),
    ]
    if not cost.keys:
        lines.append("  The minting key sees keys of its own user only. Are name and number right?")
    if cost.rows:
        lines += ["", *(f"  {line}" for line in _models(cost.rows))]
    if cost.keys:
        lines += ["", f"  {jobs_sentence(cost.keys)}", *(f"    {job}" for job in _jobs(cost.keys))]
    return lines


def _exactly(amount: Decimal) -> str:
    """What rounding to cents has left out."""
    return "" if amount == round(amount, 2) else f" · exactly ${plain(amount)}"


def _models(rows: Sequence[CostRow]) -> list[str]:
    shown, others = _dearest(rows, lambda row: row.cost)
    cells = [_HEAD, *(_row_cells(_name(r.use_case), _name(r.model), [r]) for r in shown)]
    if others:
        cells.append(_row_cells("…", f"{len(others):,} more", others))
    if len(rows) > 1:
        cells.append(_row_cells("all", "", rows))
    return aligned(cells, right=_FIGURES)


def _row_cells(use_case: str, model: str, rows: Sequence[CostRow]) -> tuple[str, ...]:
    cost = exact_sum(row.cost for row in rows)
    caches = (
        sum(row.cache_read_tokens for row in rows),
        sum(row.cache_write_tokens for row in rows),
    )
    return (
        use_case,
        model,
        *counted(rows),
        *(f"{n:,}" if n else "–" for n in caches),
        "no price" if not cost and any(row.unpriced for row in rows) else usd(cost),
    )


def _jobs(keys: Sequence[KeyCost]) -> list[str]:
    shown, others = _dearest(keys, lambda key: key.cost)
    lines = aligned([_key_cells(key) for key in shown], right=(3,))
    if others:
        together = usd(exact_sum(key.cost for key in others))
        lines.append(
            f"… and {count(len(others), 'job')} of {usd(others[0].cost)} or less, {together} "
            "together: --format json has all"
            if len(others) > 1
            else f"… and 1 job of {together}: --format json has all"
        )
    return lines


def _key_cells(key: KeyCost) -> tuple[str, ...]:
    said = refusals_of(key)
    run = f"run {printable(key.run_id, 30)}.{key.attempt}" if key.run_id else _name(key.alias)
    state = key.status + (f" · {said}" if said else "")
    return (run, _name(key.job), _name(key.use_case), usd(key.cost), state)


def _dearest(items: Sequence[_T], cost: Callable[[_T], Decimal]) -> tuple[list[_T], list[_T]]:
    """Those that a person reads, in their own order, and the others, dearest first."""
    ranked = sorted(range(len(items)), key=lambda i: cost(items[i]), reverse=True)
    return [items[i] for i in sorted(ranked[:_MOST])], [items[i] for i in ranked[_MOST:]]


def _name(text: str) -> str:
    return printable(text) if text else "–"
