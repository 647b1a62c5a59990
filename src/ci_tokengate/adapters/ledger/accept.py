"""Cells in: what is there is locked and read, `core.ledger.judge` decides, and rows are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ci_tokengate.adapters.ledger.kept import Place, kept_cells
from ci_tokengate.adapters.ledger.keys import by_name, locked
from ci_tokengate.adapters.ledger.privacy import veil
from ci_tokengate.adapters.ledger.schema import settings
from ci_tokengate.adapters.ledger.tables import CORRECTIONS, ENTRIES, MARKS, MONTHS
from ci_tokengate.core.ledger.entry import Bucket, Cell, LedgerKey, Part
from ci_tokengate.core.ledger.judge import Fate, Kept, difference, fate
from ci_tokengate.core.ledger.months import month_days, month_of
from ci_tokengate.core.ledger.records import Accepted
from ci_tokengate.ports.ledger import Portion

_OF_ONE_CELL = [
    ENTRIES.c[name] == bindparam(f"its_{name}") for name in ("day", "key_no", "model", "local_day")
]


@dataclass(frozen=True, kw_only=True)
class Closed:
    """Closed months, each with the day before which it was forgotten, and where corrections go."""

    months: Mapping[str, date | None]
    booked_on: date

    def __contains__(self, day: date) -> bool:
        return month_of(day) in self.months

    def forgotten(self, day: date) -> bool:
        before = self.months.get(month_of(day))
        return before is not None and day < before


def closed_months(connection: Connection, today: date) -> Closed:
    """A clock that is behind does not book into a closed month."""
    found = {row.month: row.forgotten_before for row in connection.execute(select(MONTHS))}
    after = max((month_days(month)[1] for month in found), default=today)
    return Closed(months=found, booked_on=max(today, after))


def accept_all(connection: Connection, portions: Iterable[Portion], today: date) -> Accepted:
    """`today` is the ledger's local day. Months are locked against being closed meanwhile."""
    hidden, closed = veil(settings(connection)), closed_months(connection, today)
    counts: Counter[Fate] = Counter()
    days: set[date] = set()
    for cells, keys in portions:
        writing = _Writing(closed)
        counts += _accept(connection, cells, keys, hidden, writing)
        days |= writing.days
    if days:
        connection.execute(insert(MARKS), [{"local_day": day} for day in sorted(days)])
    return Accepted(
        new=counts[Fate.NEW],
        newer=counts[Fate.NEWER],
        same=counts[Fate.SAME] + counts[Fate.SETTLES],
        older=counts[Fate.OLDER],
        corrections=counts[Fate.CORRECTS],
    )


def _accept(
    connection: Connection,
    cells: Sequence[Cell],
    keys: Sequence[LedgerKey],
    hidden: Callable[[str], str],
    writing: _Writing,
) -> Counter[Fate]:
    given = by_name(replace(k, actor=hidden(k.actor)) if k.actor else k for k in keys)
    for cell in cells:
        name = (cell.name.proxy, cell.name.key_id)
        given.setdefault(name, LedgerKey(proxy=name[0], key_id=name[1]))
    numbers = locked(connection, given)
    closed = writing.closed
    placed = _placed(cells, numbers)
    kept = kept_cells(connection, list(placed), {p.day for p in placed if p.local_day in closed})
    counts: Counter[Fate] = Counter({Fate.SAME: len(cells) - len(placed)})
    for place, cell in placed.items():
        found = fate(
            cell,
            kept.get(place),
            closed=place.local_day in closed,
            forgotten=closed.forgotten(place.local_day),
        )
        counts[found] += 1
        writing.add(found, place, cell, kept.get(place))
    writing.write(connection)
    return counts


def _placed(cells: Sequence[Cell], numbers: Mapping[tuple[str, str], int]) -> dict[Place, Cell]:
    """Of several readings of one cell the newest counts, and of the same the most settled."""
    found: dict[Place, Cell] = {}
    for cell in cells:
        name = cell.name
        if abs(name.local_day - name.day) > timedelta(days=1):
            raise ValueError(f"{name.local_day} is no local day of {name.day} in any zone.")
        place = Place(name.day, numbers[name.proxy, name.key_id], name.model, name.local_day)
        before = found.get(place)
        if before is None or _age(cell) > _age(before):
            found[place] = cell
    return found


def _age(cell: Cell) -> tuple[int, bool]:
    return cell.version, cell.state.value != "open"


class _Writing:
    """Rows collected, then written with one statement a kind."""

    def __init__(self, closed: Closed) -> None:
        self.closed = closed
        self.gone: list[dict[str, Any]] = []
        self.entries: list[dict[str, Any]] = []
        self.settled: list[dict[str, Any]] = []
        self.corrections: list[dict[str, Any]] = []
        self.days: set[date] = set()

    def add(self, found: Fate, place: Place, cell: Cell, kept: Kept | None) -> None:
        if found in (Fate.SAME, Fate.OLDER):
            return
        its = {f"its_{name}": value for name, value in place._asdict().items()}
        self.days.add(self.closed.booked_on if found is Fate.CORRECTS else place.local_day)
        if found is Fate.SETTLES:
            self.settled.append({**its, "state": cell.state.value})
        elif found is Fate.CORRECTS:
            booked = {"booked_on": self.closed.booked_on}
            rows = _rows(place, difference(cell, kept))
            self.corrections += [{**row, **booked} for row in rows]
        else:
            if found is Fate.NEWER:
                self.gone.append(its)
            self.entries += [{**row, "state": cell.state.value} for row in _rows(place, cell)]

    def write(self, connection: Connection) -> None:
        if self.gone:
            connection.execute(delete(ENTRIES).where(*_OF_ONE_CELL), self.gone)
        if self.settled:
            connection.execute(update(ENTRIES).where(*_OF_ONE_CELL), self.settled)
        for table, rows in ((ENTRIES, self.entries), (CORRECTIONS, self.corrections)):
            if rows:
                connection.execute(insert(table), rows)


def _rows(place: Place, cell: Cell) -> Iterable[dict[str, Any]]:
    """INPUT always, for it alone carries how many calls there were."""
    for bucket in Bucket:
        part = cell.parts.get(bucket, Part())
        first = bucket is Bucket.INPUT
        if first or part != Part():
            yield {
                **place._asdict(),
                "bucket": bucket.value,
                "team_id": cell.team_id,
                "provider_model": cell.provider_model,
                "version": cell.version,
                "requests": cell.requests if first else 0,
                "unpriced": cell.unpriced if first else 0,
                "tokens": part.tokens,
                "cost": part.cost,
            }
