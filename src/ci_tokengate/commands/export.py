"""`export focus`: the ledger's months as partitions that other engines read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from ci_tokengate.core.ledger.entry import EntryState
from ci_tokengate.core.ledger.months import month_days
from ci_tokengate.core.money import add_exactly
from ci_tokengate.core.policy import Team
from ci_tokengate.ports.exports import Destination, RowWriter
from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.render.focus.columns import FocusRow, FocusVersion
from ci_tokengate.render.focus.rows import Charge, focus_rows


@dataclass(kw_only=True)
class Exported:
    """One partition. USD: `cost` of its `rows`, of which `open_cost` may still grow.

    `corrections` are rows that correct closed months, `unpriced` calls that the proxy has no price for.
    """

    month: str
    place: str = ""
    rows: int = 0
    cost: Decimal = Decimal(0)
    open_cost: Decimal = Decimal(0)
    corrections: int = 0
    unpriced: int = 0

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

    `name_of` makes a file's name of a month; `teams` are the policy's, by the proxy's id. Raises
    what the ledger and the destination raise, and UsageError for what is no month.
    """
    for month in months:
        found = Exported(month=month)
        rows = found.counted(_charges(ledger, month, teams), version)
        found.place = destination.replace(
            name_of(month), lambda file, rows=rows: write(rows, version, file)  # type: ignore[misc]
        )
        yield found


def _charges(ledger: Ledger, month: str, teams: Mapping[str, Team]) -> Iterator[Charge]:
    first, end = month_days(month)
    cells = ((None, cell, key) for cell, key in ledger.cells(first, end))
    for booked_on, cell, key in chain(cells, ledger.corrections(first, end)):
        team = teams.get(cell.team_id)
        yield Charge(
            cell=cell,
            key=key,
            team=team.name if team else "",
            cost_center=team.cost_center if team else "",
            booked_on=booked_on,
        )
