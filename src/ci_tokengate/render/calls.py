"""The calls of a pull request's jobs, by use case and model, in its comment."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ci_tokengate.core.cost import CostRow
from ci_tokengate.render.counted import counted
from ci_tokengate.render.data import code
from ci_tokengate.render.money import usd
from ci_tokengate.render.words import count

_HEAD = """\
| use case | model | requests | tokens in | out | cache read / write | cost |
|---|---|--:|--:|--:|--:|--:|"""


def calls_table(rows: Sequence[CostRow], size: int) -> str:
    """At most `size` lines, the dearest; what is left out is added up in one of its own."""
    if not rows:
        return "No model has answered a call of this pull request's jobs."
    shown, left_out = _parted(rows, size)
    lines = [_HEAD, *(_line(code(row.use_case), code(row.model), [row]) for row in shown)]
    if left_out:
        lines.append(_line("", f"{len(left_out):,} more", left_out))
    if len(rows) > 1:
        lines.append(_line("", "all", rows, bold=True))
    return "\n".join(lines)


def unpriced_lines(rows: Sequence[CostRow], size: int) -> list[str]:
    """What makes the figure a lower bound, one sentence a model."""
    found = [row for row in rows if row.unpriced]
    lines = [_unpriced(row) for row in found[:size]]
    if len(found) > size:
        calls = sum(row.unpriced for row in found[size:])
        models = count(len(found) - size, "more model")
        lines.append(f"{count(calls, 'call')} of {models} {_have(calls)} no price there either.")
    return lines


def _parted(rows: Sequence[CostRow], size: int) -> tuple[list[CostRow], list[CostRow]]:
    """In their own order."""
    if len(rows) <= size:
        return list(rows), []
    dearest = sorted(range(len(rows)), key=lambda i: (-rows[i].cost, i))[:size]
    kept = set(dearest)
    return [rows[i] for i in sorted(kept)], [r for i, r in enumerate(rows) if i not in kept]


def _line(use_case: str, model: str, rows: Sequence[CostRow], *, bold: bool = False) -> str:
    read = sum(row.cache_read_tokens for row in rows)
    write = sum(row.cache_write_tokens for row in rows)
    cells = [
        model,
        *counted(rows),
        f"{read:,} / {write:,}" if read or write else "–",
        _cost(rows),
    ]
    return f"| {' | '.join([use_case, *(f'**{c}**' if bold else c for c in cells)])} |"


def _cost(rows: Sequence[CostRow]) -> str:
    """Unknown is never a zero (DESIGN D11)."""
    cost = sum((row.cost for row in rows), Decimal(0))
    if not any(row.unpriced for row in rows):
        return usd(cost)
    return f"≥\u00a0{usd(cost)}" if cost else "no price"


def _unpriced(row: CostRow) -> str:
    calls = f"{count(row.unpriced, 'call')} of {code(row.model)} {_have(row.unpriced)}"
    if row.list_price is None:
        return f"{calls} no price at the proxy."
    return f"{calls} no price at the proxy; by the provider's list: {usd(row.list_price)}."


def _have(number: int) -> str:
    return "has" if number == 1 else "have"
