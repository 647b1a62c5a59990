"""Portkey behind the SpendLog port: the calls of our own keys, which is what a workspace's analytics tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.portkey import analytics, groups, keys, labels, teams, usage
from ci_tokengate.adapters.proxies.portkey.analytics import Query
from ci_tokengate.adapters.proxies.portkey.calls import open_calls
from ci_tokengate.adapters.proxies.portkey.capabilities import CAPABILITIES
from ci_tokengate.adapters.proxies.portkey.groups import Scope
from ci_tokengate.core.alias import PREFIX, parse_alias
from ci_tokengate.core.ledger.keys import KeyFacts
from ci_tokengate.core.ledger.records import TeamDay
from ci_tokengate.core.ledger.sources import Sight, TeamFacts
from ci_tokengate.core.site import Site
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import Clock

_DAY = timedelta(days=1)
_LIFE = timedelta(days=2)
"""No job key lives longer, so its calls lie within it before the last of them."""
_EVER = datetime.min.replace(tzinfo=timezone.utc)


class PortkeyLog:
    """Implements ports.SpendLog. Never whole: calls with other keys have no alias that could tell them apart."""

    def __init__(self, site: Site, key: str, *, who: str, deadline: Deadline, clock: Clock) -> None:
        self._site = site
        self._calls = open_calls(site, key, deadline=deadline, who=who)
        self._clock = clock
        self._workspaces: list[str] = []

    @property
    def proxy(self) -> str:
        return self._site.url

    def sight(self) -> Sight:
        teams.credential(self._calls)
        return Sight(whole=False, now=self._clock.now())

    def rows(self, day: date) -> Iterator[UsageRow]:
        return self._dated(self._scopes(PREFIX, "", *_period(day)), day)

    def rows_of(self, prefix: str, *, since: datetime, part: str = "") -> Iterator[UsageRow]:
        """Day by day, as `rows` has them: a sum over midnight would be nobody's cell."""
        until = self._clock.now() + _DAY
        days: set[date] = set()
        for scope in self._scopes(prefix, part, since, until):
            for key in scope.keys:
                last = (key.last_seen or until).date()
                days |= {last - _DAY * n for n in range(_LIFE.days + 1)}
        for day in sorted(days):
            yield from self._dated(self._scopes(prefix, part, *_period(day)), day)

    def row_count(self, day: date) -> int:
        found = (
            group
            for query in self._queries(*_period(day))
            for group in analytics.by_metadata(self._calls, labels.KEY, query)
        )
        return sum(int(group.requests or 0) for group in found)

    def team_days(self, day: date) -> list[TeamDay]:
        return []

    def teams(self) -> list[TeamFacts]:
        return []

    def team(self, team_id: str) -> TeamFacts | None:
        try:
            teams.check_home(self._homes(), team_id)
            found = teams.team_budget(self._calls, team_id, self._clock.now())
        except UsageError:
            return None
        return TeamFacts(
            id=team_id,
            name=team_id,
            spend=found.spend,
            max_budget=found.max_budget,
            resets_at=found.resets_at,
        )

    def newest_keys(self) -> Iterator[KeyFacts]:
        alive = [keys.record(key) for key in keys.listed(self._calls) if _ours(key.name)]
        alive.sort(key=lambda key: key.created_at or _EVER, reverse=True)
        return (
            KeyFacts(
                id=key.id,
                alias=key.alias,
                team_id=key.team_id,
                created_at=key.created_at,
                ends_at=key.ends_at,
                attribution=_attribution(key.alias, self._cost_center(key.alias)),
            )
            for key in alive
        )

    def key(self, key_id: str) -> KeyFacts | None:
        """Of one that is deleted, what its calls still say."""
        if not _ours(key_id):
            return None
        about = _attribution(key_id, self._cost_center(key_id))
        return KeyFacts(id=key_id, alias=key_id, attribution=about)

    def _cost_center(self, alias: str) -> str:
        now = self._clock.now()
        begins = now - (CAPABILITIES.remembers or _LIFE)
        for scope in self._scopes(alias, "", begins, now + _DAY):
            its = scope.of(scope.keys[0])
            found = analytics.by_metadata(self._calls, "tokengate_cost_center", its)
            return next((group.metadata_value or "" for group in found), "")
        return ""

    def _dated(self, found: Iterator[Scope], day: date) -> Iterator[UsageRow]:
        """Within the day whose sums they are, whatever the last call's time says."""
        begin, end = _period(day)
        for row in usage.rows(self._calls, found, {}):
            at = row.started_at or begin
            yield row if begin <= at < end else replace(row, started_at=begin)

    def _scopes(self, prefix: str, part: str, since: datetime, until: datetime) -> Iterator[Scope]:
        for query in self._queries(since, until):
            yield from groups.scopes(self._calls, prefix, part, query)

    def _queries(self, since: datetime, until: datetime) -> list[Query]:
        return [Query(since=since, until=until, workspace=slug) for slug in self._homes()]

    def _homes(self) -> list[str]:
        self._workspaces = self._workspaces or teams.workspaces(self._calls)
        return self._workspaces


def _ours(alias: str) -> bool:
    return alias.startswith(PREFIX)


def _attribution(alias: str, cost_center: str) -> dict[str, object]:
    parsed = parse_alias(alias)
    if parsed is None:
        return {}
    number = int(parsed.scope) if parsed.scope.isascii() and parsed.scope.isdigit() else None
    return {
        "repository": parsed.repository,
        "pull_request": number,
        "cost_center": cost_center,
        **({"ref": parsed.scope} if number is None else {}),
    }


def _period(day: date) -> tuple[datetime, datetime]:
    """Both ends are counted as a day's: the last moment is a second before the next."""
    begin = datetime.combine(day, time(), timezone.utc)
    return begin, begin + _DAY - timedelta(seconds=1)
