"""What the ledger holds beside entries. USD, UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple


@dataclass(frozen=True, kw_only=True)
class PullRecord:
    """A pull request as the code host has it. `host` is its server's name, such as `github.com`.

    `updated_at` is its version. `reverts`: the number of the pull request that this one reverts.
    `owners`: cost center → how much of the change is its (any positive weights), as the policy
    declares owners; empty where none is declared.
    """

    host: str
    repository: str
    number: int
    updated_at: datetime
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    base_ref: str = ""
    head_ref: str = ""
    labels: tuple[str, ...] = ()
    reverts: int | None = None
    actor: str = ""
    owners: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class PullsRead:
    """How far a repository's pull requests are here: all that were updated from `since` to `until`.

    `until` is None while the first reading has not come to its end.
    """

    host: str
    repository: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class BudgetRecord:
    """A team's budget at a moment: plan and spend of the proxy's budget period (USD).

    `period` is that period in the proxy's words, such as `7d` or `1mo`; empty where it has none.
    """

    proxy: str
    team_id: str
    team: str
    as_of: datetime
    plan: Decimal | None
    spend: Decimal
    max_budget: Decimal | None = None
    resets_at: datetime | None = None
    period: str = ""


@dataclass(frozen=True, kw_only=True)
class TeamDay:
    """What the proxy itself says that a team spent on one UTC day: what the ledger is held against."""

    proxy: str
    team_id: str
    day: date
    spend: Decimal
    read_at: datetime


@dataclass(frozen=True, kw_only=True)
class DayRead:
    """How far one UTC day of a proxy's log has been read: `rows` at `read_at`.

    `quiet` counts the readings in a row that found nothing new. `whole` is False where the
    credential shows only its own keys' rows.
    """

    proxy: str
    day: date
    rows: int
    read_at: datetime
    quiet: int = 0
    settled: bool = False
    whole: bool = True
    gone: Decimal = Decimal(0)
    """USD that the ledger knows of and the proxy's log shows no more: it was pruned."""


class Spent(NamedTuple):
    """What a report reads: entries and corrections of one local day, added up over keys (USD).

    A plain tuple, in the order of the table's columns: a large month has 60,000. `attributed` is False
    for what came from no job of ours. `open_cost` is what of `cost` may still grow. `corrected` is what
    of it are corrections of closed months.
    """

    local_day: date
    proxy: str
    team_id: str
    repository: str
    pull_request: int | None
    use_case: str
    model: str
    cost_center: str
    cost: Decimal
    requests: int
    unpriced: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    open_cost: Decimal
    corrected: Decimal
    attributed: bool


class Merge(NamedTuple):
    """A merged pull request, as a trend needs it: a plain tuple, since a large year has 100,000.

    `paid_by`: the team that spent most on it of all days there are, the first by id of equals; None
    where none did.
    """

    repository: str
    number: int
    merged_at: datetime
    reverts: int | None = None
    paid_by: str | None = None


class DayTotal(NamedTuple):
    """All that a team spent on one local day, corrections included (USD); a plain tuple, as above."""

    local_day: date
    team_id: str
    cost: Decimal


@dataclass(frozen=True, kw_only=True)
class Payer:
    """What a team spent on a repository, of all days there are."""

    repository: str
    team_id: str
    cost: Decimal


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """What became of written cells."""

    new: int = 0
    newer: int = 0
    same: int = 0
    older: int = 0
    corrections: int = 0


@dataclass(frozen=True, kw_only=True)
class LedgerFacts:
    """The ledger's own settings: its zone (IANA name), and the months closed (`2026-10`).

    `actors` says what becomes of people's names: `drop`, `hash` or `keep`. `forgotten` are closed
    months of which retention removed the entries before that local day.
    """

    zone: str
    schema: str
    actors: str = "drop"
    closed_months: tuple[str, ...] = field(default_factory=tuple)
    forgotten: tuple[tuple[str, date], ...] = ()
