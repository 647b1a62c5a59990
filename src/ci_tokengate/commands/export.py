"""`export focus`: the ledger's months as partitions that other engines read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timezone
from decimal import Decimal
from functools import partial

from ci_tokengate.core.ledger.entry import Cell, EntryState, LedgerKey
from ci_tokengate.core.ledger.months import month_days, month_of
from ci_tokengate.core.ledger.records import LedgerFacts
from ci_tokengate.core.money import add_exactly
from ci_tokengate.core.policy import Team
from ci_tokengate.core.showback.period import local_day, zone_of
from ci_tokengate.errors import UsageError
from ci_tokengate.ports.exports import Destination, RowWriter
from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.render.focus.charge import Charge
from ci_tokengate.render.focus.columns import FocusRow, FocusVersion
from ci_tokengate.render.focus.rows import focus_rows

_ALL = (date(2000, 1, 1), date(9998, 1, 1))


@dataclass(kw_only=True)
class Exported:
    """One partition. USD: `cost` of its `rows`, of which `open_cost` may still grow.

    `corrections` are rows that correct closed months, `unpriced` calls that the proxy has no price
    for. Where retention has removed entries of it, `kept` is True, and nothing was written.
    """

    month: str
    place: str = ""
    rows: int = 0
    cost: Decimal = Decimal(0)
    open_cost: Decimal = Decimal(0)
    corrections: int = 0
    unpriced: int = 0
    kept: bool = False

    def counted(self, charges: Iterable[Charge], version: FocusVersion) -> Iterator[FocusRow]:
        """The rows, each counted as it passes."""
        for charge in charges:
            self.unpriced += charge.cell.unpriced
            for row in focus_rows(charge, version):
                cost = row["BilledCost"]
                assert isinstance(cost, Decimal)
                self.rows += 1
                self.cost = add_exactly(self.cost, cost)
                self.corrections += row["ChargeClass"] is not None
                if charge.cell.state is EntryState.OPEN:
                    self.open_cost = add_exactly(self.open_cost, cost)
                yield row


def export_focus(
    ledger: Ledger,
    months: Iterable[str],
    version: FocusVersion,
    destination: Destination,
    *,
    name_of: Callable[[str], str],
    write: RowWriter,
    teams: Mapping[str, Team],
) -> Iterator[Exported]:
    """Each month (`2026-10`, of UTC days) as one file, which replaces the one that was there.

    Without `months` it is all that the ledger has. `name_of` makes a file's name of a month; `teams`
    are the policy's, by the proxy's id. Raises what the ledger and the destination raise, and
    UsageError for what is no month, or for one asked for of which entries were removed.
    """
    facts = ledger.facts()
    asked = sorted({month_of(month_days(month)[0]) for month in months})
    for month in asked or _months_of(ledger):
        found = Exported(month=month)
        if _has_forgotten(facts, month):
            if asked:
                raise _removed(month)
            found.kept = True
        else:
            rows = found.counted(_charges(ledger, month, teams), version)
            found.place = destination.replace(name_of(month), partial(write, rows, version))
        yield found


def _charges(ledger: Ledger, month: str, teams: Mapping[str, Team]) -> Iterator[Charge]:
    first, end = month_days(month)

    def charge(cell: Cell, key: LedgerKey, booked_on: date | None = None) -> Charge:
        team = teams.get(cell.team_id)
        return Charge(
            cell=cell,
            key=key,
            team=team.name if team else "",
            cost_center=team.cost_center if team else "",
            booked_on=booked_on,
        )

    for cell, key in ledger.cells(first, end):
        yield charge(cell, key)
    for booked_on, cell, key in ledger.corrections(first, end):
        yield charge(cell, key, booked_on)


def _months_of(ledger: Ledger) -> list[str]:
    """By the UTC days of entries, and by the days on which corrections were booked."""
    found = {month_of(total.day) for total in ledger.team_totals(*_ALL)}
    found.update(month_of(s.local_day) for s in ledger.spent_by_team(*_ALL) if s.corrected)
    return sorted(found)


def _has_forgotten(facts: LedgerFacts, month: str) -> bool:
    """Entries are of UTC days and are forgotten by local ones: a UTC month begins and ends in the midst of some."""
    first, end = month_days(month)
    zone = zone_of(facts.zone)
    begins, ends = (datetime.combine(day, time(), timezone.utc) for day in (first, end))
    last = local_day(ends - datetime.resolution, zone)
    return any(
        month_days(forgotten)[0] <= last and local_day(begins, zone) < before
        for forgotten, before in facts.forgotten
    )


def _removed(month: str) -> UsageError:
    return UsageError(
        f"Entries of {month} were removed from the ledger by `ledger forget`.",
        hint="What was exported of it before is more than there is now: it was left as it is.",
    )
