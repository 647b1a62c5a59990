"""Log rows added up to cells as they are read: the memory it takes is that of the cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timezone, tzinfo
from decimal import Decimal
from itertools import groupby, islice

from ci_tokengate.core.alias import PREFIX
from ci_tokengate.core.ledger.apportion import rounded
from ci_tokengate.core.ledger.entry import Bucket, Cell, CellName, LedgerKey, Part
from ci_tokengate.core.ledger.keys import KeyFacts, ledger_key
from ci_tokengate.core.ledger.split import BUCKETS, costs_of, tokens_of
from ci_tokengate.core.money import add_exactly
from ci_tokengate.core.usage import UsageRow

_ZERO = Decimal(0)
_Place = tuple[str, date, date, str]
"""Key, UTC day, local day, model."""


@dataclass(slots=True)
class _Sums:
    team_id: str = ""
    provider_model: str = ""
    version: int = 0
    requests: int = 0
    unpriced: int = 0
    tokens: list[int] = field(default_factory=lambda: [0] * 4)
    costs: list[Decimal] = field(default_factory=lambda: [_ZERO] * 5)


class Accrual:
    """Rows of one proxy, by key, UTC day, local day and model. `zone` is the ledger's.

    A call that no model answered and nobody paid leaves nothing: a key that guesses models by the
    thousand is not worth a line of a ledger.
    """

    def __init__(self, proxy: str, zone: tzinfo = timezone.utc) -> None:
        self.rows = 0
        self.proxy = proxy
        self._zone = None if zone is timezone.utc else zone
        self._sums: dict[_Place, _Sums] = {}
        self._aliases: dict[str, str] = {}
        self._teams: dict[str, str] = {}

    def add(self, row: UsageRow) -> None:
        """A row without a time has no day, and is left out: the log is read by time, and has none."""
        self.rows += row.calls
        if not row.answered or row.started_at is None:
            return
        if row.alias or row.key_id not in self._aliases:
            self._aliases[row.key_id] = row.alias
        if row.team_id or row.key_id not in self._teams:
            self._teams[row.key_id] = row.team_id
        sums = self._of(row, row.started_at)
        sums.version += row.calls
        sums.requests += row.calls
        sums.unpriced += row.calls if row.unpriced else 0
        sums.team_id = row.team_id or sums.team_id
        sums.provider_model = row.provider_model or sums.provider_model
        for i, count in enumerate(tokens_of(row)):
            if count:
                sums.tokens[i] += count
        for i, cost in enumerate(costs_of(row)):
            if cost:
                sums.costs[i] = add_exactly(sums.costs[i], cost)

    def _of(self, row: UsageRow, at: datetime) -> _Sums:
        day = at.date()
        name = (row.key_id, day, at.astimezone(self._zone).date() if self._zone else day, row.model)
        found = self._sums.get(name)
        if found is None:
            found = self._sums[name] = _Sums()
        return found

    def cells(self) -> list[Cell]:
        """What was added so far, each cell quantised so that its parts add up to it exactly."""
        return [self._cell(place) for place in self._sums]

    def find(self, name: CellName) -> Cell | None:
        """That cell, if it has rows."""
        place = name.key_id, name.day, name.local_day, name.model
        return self._cell(place) if name.proxy == self.proxy and place in self._sums else None

    def portions(
        self, known: Mapping[str, KeyFacts], size: int = 400
    ) -> Iterator[tuple[list[Cell], list[LedgerKey]]]:
        """`cells` and `keys` of `size` keys at a time, by id: neither is ever whole in memory."""
        places = iter(sorted(self._sums))
        of_keys = groupby(places, key=lambda place: place[0])
        while some := list(islice(((k, list(p)) for k, p in of_keys), size)):
            cells = [self._cell(place) for _, its in some for place in its]
            yield cells, [self._key(key_id, known) for key_id, _ in some]

    def _cell(self, place: _Place) -> Cell:
        key_id, day, local_day, model = place
        sums = self._sums[place]
        return Cell(
            name=CellName(
                proxy=self.proxy, key_id=key_id, day=day, local_day=local_day, model=model
            ),
            team_id=sums.team_id,
            provider_model=sums.provider_model,
            version=sums.version,
            requests=sums.requests,
            unpriced=sums.unpriced,
            parts=_parts(sums),
        )

    def aliases(self) -> Iterable[tuple[str, str]]:
        """Of the keys that have a cell, by id."""
        return self._aliases.items()

    def ours(self) -> set[str]:
        """Keys that the proxy can say more of: of other people's the rows say enough."""
        return {key_id for key_id, alias in self._aliases.items() if alias.startswith(PREFIX)}

    def keys(self, known: Mapping[str, KeyFacts]) -> list[LedgerKey]:
        """Whose the cells are; `known` is what the proxy's list of keys adds, by id."""
        return [self._key(key_id, known) for key_id in sorted(self._aliases)]

    def _key(self, key_id: str, known: Mapping[str, KeyFacts]) -> LedgerKey:
        return ledger_key(
            self.proxy,
            key_id,
            alias=self._aliases[key_id],
            team_id=self._teams[key_id],
            facts=known.get(key_id),
        )

    def teams(self) -> set[str]:
        """That the cells are of, by id."""
        return {sums.team_id for sums in self._sums.values()}


def _parts(sums: _Sums) -> dict[Bucket, Part]:
    """INPUT is always there: it carries the cell's requests."""
    costs = rounded(sums.costs)
    return {
        bucket: Part(tokens=tokens, cost=cost)
        for bucket, tokens, cost in zip(BUCKETS, [*sums.tokens, 0], costs, strict=True)
        if bucket is Bucket.INPUT or tokens or cost
    }
