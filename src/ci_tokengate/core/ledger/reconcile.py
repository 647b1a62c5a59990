"""The ledger held against the proxy's own sums, by team and UTC day. USD."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ci_tokengate.core.ledger.records import TeamDay
from ci_tokengate.core.money import add_exactly, exact_sum, subtract_exactly

_NOISE = Decimal("1e-8")
"""USD. A proxy's sums are of binary floats, in an order of its own; a call costs a hundred times that."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One team's day. `proxy` is None where the proxy's own sum is not known."""

    day: date
    team_id: str
    ledger: Decimal
    proxy: Decimal | None = None
    provisional: bool = False

    @property
    def difference(self) -> Decimal | None:
        """What the proxy counted and the ledger has not (or, below zero, the other way round)."""
        if self.proxy is None:
            return None
        missing = subtract_exactly(self.proxy, self.ledger)
        return missing if abs(missing) > _NOISE else Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """`attributed` is what of the ledger's total is of jobs of ours."""

    lines: tuple[Line, ...] = ()
    attributed: Decimal = Decimal(0)

    @property
    def ledger(self) -> Decimal:
        return exact_sum(line.ledger for line in self.lines)

    @property
    def proxy(self) -> Decimal | None:
        """None where it is not known of every line."""
        known = [line.proxy for line in self.lines if line.proxy is not None]
        return exact_sum(known) if len(known) == len(self.lines) else None

    @property
    def difference(self) -> Decimal | None:
        if self.proxy is None:
            return None
        return exact_sum(line.difference or Decimal(0) for line in self.lines)

    @property
    def differing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.difference)

    @property
    def coverage(self) -> Decimal | None:
        """Attributed ÷ total, from 0 to 1; None where nothing was spent."""
        return self.attributed / self.ledger if self.ledger else None


def reconciled(
    proxy: str,
    told: Iterable[TeamDay],
    kept: Iterable[TeamDay],
    *,
    attributed: Iterable[Decimal],
    known: frozenset[date],
    provisional: frozenset[date],
) -> Reconciliation:
    """`told` is by the proxy, `kept` the ledger's. A day of `known` has a sum of every team, or 0."""
    theirs = {(d.day, d.team_id): d.spend for d in told if d.proxy == proxy}
    ours: dict[tuple[date, str], Decimal] = {}
    for d in kept:
        if d.proxy == proxy:
            name = (d.day, d.team_id)
            ours[name] = add_exactly(ours.get(name, Decimal(0)), d.spend)
    names = sorted({name for name, spend in theirs.items() if spend} | ours.keys())
    lines = (
        Line(
            day=day,
            team_id=team_id,
            ledger=ours.get((day, team_id), Decimal(0)),
            proxy=theirs.get((day, team_id), Decimal(0) if day in known else None),
            provisional=day in provisional,
        )
        for day, team_id in names
    )
    return Reconciliation(lines=tuple(lines), attributed=exact_sum(attributed))
