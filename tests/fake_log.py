"""A proxy's log and a code host's pull requests in memory, for tests of what collects them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from ci_tokengate.core.ledger.keys import KeyFacts
from ci_tokengate.core.ledger.records import PullRecord, TeamDay
from ci_tokengate.core.ledger.sources import Sight, TeamFacts
from ci_tokengate.core.money import exact_sum
from ci_tokengate.core.usage import UsageRow
from tests.fakes import NOW

PROXY = "https://proxy.example"


@dataclass
class FakeLog:
    """Implements ports.SpendLog. `sums` are the proxy's own where they differ from the rows'.

    `before_row` is called before each row is handed out: a test can add rows there, or raise.
    """

    proxy: str = PROXY
    now: datetime = NOW
    whole: bool = True
    ahead: timedelta = timedelta(0)
    log: list[UsageRow] = field(default_factory=list)
    listed: list[KeyFacts] = field(default_factory=list)
    unlisted: list[KeyFacts] = field(default_factory=list)
    known_teams: list[TeamFacts] = field(default_factory=list)
    sums: dict[tuple[date, str], Decimal] = field(default_factory=dict)
    before_row: Callable[[int], None] = lambda _: None
    read: list[date] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    pulled: int = 0

    def sight(self) -> Sight:
        self.now += timedelta(seconds=1)
        return Sight(whole=self.whole, now=self.now, ahead=self.ahead)

    def rows(self, day: date) -> Iterator[UsageRow]:
        self.read.append(day)
        for number, row in enumerate(self._of(day)):
            self.before_row(number)
            yield row

    def rows_of(self, prefix: str, *, since: datetime, part: str = "") -> Iterator[UsageRow]:
        found = (r for r in self.log if r.alias.startswith(prefix) and part in r.alias)
        yield from (r for r in found if r.started_at and r.started_at >= since)

    def row_count(self, day: date) -> int:
        return len(self._of(day))

    def team_days(self, day: date) -> list[TeamDay]:
        sums: dict[str, list[Decimal]] = {}
        for row in self._of(day):
            sums.setdefault(row.team_id, []).append(row.spend)
        told = {team: exact_sum(spent) for team, spent in sums.items()}
        told |= {team: spend for (of, team), spend in self.sums.items() if of == day}
        return [
            TeamDay(proxy=self.proxy, team_id=team, day=day, spend=spend, read_at=self.now)
            for team, spend in told.items()
        ]

    def teams(self) -> list[TeamFacts]:
        return self.known_teams

    def team(self, team_id: str) -> TeamFacts | None:
        return next((team for team in self.known_teams if team.id == team_id), None)

    def newest_keys(self) -> Iterator[KeyFacts]:
        for key in sorted(self.listed, key=lambda k: k.created_at or NOW, reverse=True):
            self.pulled += 1
            yield key

    def key(self, key_id: str) -> KeyFacts | None:
        self.asked.append(key_id)
        return next((k for k in [*self.listed, *self.unlisted] if k.id == key_id), None)

    def _of(self, day: date) -> list[UsageRow]:
        found = [r for r in self.log if r.started_at and r.started_at.date() == day]
        return found if self.whole else [r for r in found if r.alias.startswith("tokengate:")]


@dataclass
class FakePulls:
    """Implements ports.PullHistory. `names` are today's names by those that were; None: it is gone."""

    host: str = "github.com"
    pulls: dict[str, list[PullRecord]] = field(default_factory=dict)
    names: dict[str, str | None] = field(default_factory=dict)
    files: dict[int, list[str]] = field(default_factory=dict)
    asked: list[tuple[str, datetime | None]] = field(default_factory=list)
    fail: dict[str, Exception] = field(default_factory=dict)

    def name_of(self, repository: str) -> str | None:
        return self.names.get(repository, repository)

    def pulls_since(self, repository: str, since: datetime | None) -> Iterator[PullRecord]:
        self.asked.append((repository, since))
        if repository in self.fail:
            raise self.fail[repository]
        found = sorted(self.pulls.get(repository, []), key=lambda p: p.updated_at, reverse=True)
        yield from (p for p in found if since is None or p.updated_at >= since)

    def changed_files(self, repository: str, number: int) -> Iterator[str]:
        yield from self.files.get(number, [])

    def change(self, repository: str, number: int, when: datetime, **changes: object) -> None:
        """That pull request was updated then, or made."""
        kept = self.pulls.setdefault(repository, [])
        known = next((p for p in kept if p.number == number), None)
        if known is not None:
            kept.remove(known)
        fresh = PullRecord(host=self.host, repository=repository, number=number, updated_at=when)
        kept.append(replace(known or fresh, updated_at=when, **changes))  # type: ignore[arg-type]


def at(day: int, hour: int = 12, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=timezone.utc)
