"""Rows of the proxy's log, added up exactly and in one pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from ci_tokengate.core.alias import parse_alias
from ci_tokengate.core.cost import (
    SETTLES_AFTER,
    Cost,
    CostRow,
    CostState,
    KeyCost,
    Unpriced,
)
from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.money import add_exactly, exact_sum
from ci_tokengate.core.refusals import PROBE_CALL_TYPE
from ci_tokengate.core.token_sums import TokenSums
from ci_tokengate.core.usage import UsageRow

_FLOAT_NOISE = Decimal("1e-9")


@dataclass(kw_only=True)
class _Priced(TokenSums):
    cost: Decimal = Decimal(0)
    unpriced: int = 0


@dataclass(kw_only=True)
class _KeySums:
    alias: str
    cost: Decimal = Decimal(0)
    requests: int = 0
    refused_by_cap: int = 0
    refused_by_team: int = 0


@dataclass
class Tally:
    """Adds rows up as they are read; its size is that of the answer, whatever the number of rows."""

    count: int = 0
    last_row_at: datetime | None = None
    _rows: dict[tuple[str, str], _Priced] = field(default_factory=dict)
    _keys: dict[str, _KeySums] = field(default_factory=dict)
    _unpriced: dict[tuple[str, str, str], TokenSums] = field(default_factory=dict)

    def add(self, row: UsageRow) -> None:
        """Our own probe is no call of the job's; a call that nobody answered is no request."""
        self.count += row.calls
        if row.started_at and (self.last_row_at is None or row.started_at > self.last_row_at):
            self.last_row_at = row.started_at
        if row.call_type == PROBE_CALL_TYPE and not row.spend:
            return
        key = self._keys.setdefault(row.key_id, _KeySums(alias=row.alias))
        if row.refusal:
            by_team = "Team=" in row.refusal
            key.refused_by_team += row.calls if by_team else 0
            key.refused_by_cap += 0 if by_team else row.calls
        if row.answered:
            key.requests += row.calls
            key.cost = add_exactly(key.cost, row.spend)
            self._add_to_model(row)

    def _add_to_model(self, row: UsageRow) -> None:
        use_case = _use_case(row.alias)
        sums = self._rows.setdefault((use_case, row.model), _Priced())
        sums.add(row)
        sums.cost = add_exactly(sums.cost, row.spend)
        if row.unpriced:
            sums.unpriced += row.calls
            self._unpriced.setdefault((use_case, row.model, row.provider_model), TokenSums()).add(
                row
            )

    def cost(
        self,
        records: Iterable[KeyRecord],
        *,
        now: datetime,
        settles_after: timedelta = SETTLES_AFTER,
    ) -> Cost:
        """The sums as one value, `now` being when the reading began. One reading is provisional."""
        known = {record.id: record for record in records}
        keys = [
            _key_cost(key_id, self._keys.get(key_id), known.get(key_id), now)
            for key_id in {**dict.fromkeys(known), **dict.fromkeys(self._keys)}
        ]
        rows = [
            CostRow(use_case=use_case, model=model, **vars(sums))
            for (use_case, model), sums in self._rows.items()
        ]
        return Cost(
            total=exact_sum(row.cost for row in rows),
            state=CostState.PROVISIONAL,
            as_of=now,
            rows=tuple(sorted(rows, key=lambda r: (r.use_case, -r.cost, r.model))),
            keys=tuple(sorted(keys, key=_in_order)),
            unpriced=tuple(
                Unpriced(use_case=use_case, model=model, provider_model=provider, **vars(sums))
                for (use_case, model, provider), sums in sorted(self._unpriced.items())
            ),
            running=sum(record.may_spend(now) for record in known.values()),
            lost=_lost(known.values(), self._keys, now, settles_after),
        )


def _key_cost(
    key_id: str, sums: _KeySums | None, record: KeyRecord | None, now: datetime
) -> KeyCost:
    alias = record.alias if record else sums.alias if sums else ""
    parsed = parse_alias(alias)
    return KeyCost(
        id=key_id,
        alias=alias,
        run_id=parsed.run_id if parsed else "",
        attempt=parsed.run_attempt if parsed else 0,
        job=parsed.job if parsed else "",
        use_case=_use_case(alias),
        cost=sums.cost if sums else Decimal(0),
        status=record.status(now) if record else "gone",
        team_id=record.team_id if record else "",
        cap=record.cap if record else None,
        requests=sums.requests if sums else 0,
        refused_by_cap=sums.refused_by_cap if sums else 0,
        refused_by_team=sums.refused_by_team if sums else 0,
    )


def _lost(
    records: Iterable[KeyRecord],
    sums: dict[str, _KeySums],
    now: datetime,
    settles_after: timedelta,
) -> Decimal:
    """What ended keys report above their rows, USD. A key's own figure is a sum of floats.

    A proxy counts before it writes: until the rows have settled, none is missing.
    """
    lost = Decimal(0)
    for record in records:
        if record.may_spend(now) or (record.ends_at and record.ends_at + settles_after > now):
            continue
        seen = sums[record.id].cost if record.id in sums else Decimal(0)
        missing = record.spend - seen
        if missing > max(record.spend * _FLOAT_NOISE, _FLOAT_NOISE):
            lost = add_exactly(lost, missing)
    return lost


@lru_cache(maxsize=1024)
def _use_case(alias: str) -> str:
    parsed = parse_alias(alias)
    return parsed.use_case if parsed else ""


def _in_order(key: KeyCost) -> tuple[int, str, int, str, str, str]:
    number = int(key.run_id) if key.run_id.isascii() and key.run_id.isdigit() else 0
    return (number, key.run_id, key.attempt, key.job, key.alias, key.id)
