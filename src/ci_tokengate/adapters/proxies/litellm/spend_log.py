"""LiteLLM behind the SpendLog port: the log of all teams, with the reading key.

Source: https://docs.litellm.ai/docs/proxy/cost_tracking and observation of 1.106.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from email.utils import parsedate_to_datetime

from ci_tokengate.adapters.http import Answer, Deadline
from ci_tokengate.adapters.proxies.litellm import activity, bodies, log, teams, usage
from ci_tokengate.adapters.proxies.litellm import collected_bodies as more
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.adapters.proxies.litellm.collected_keys import key, newest_keys
from ci_tokengate.core.ledger.keys import KeyFacts
from ci_tokengate.core.ledger.records import TeamDay
from ci_tokengate.core.ledger.sources import Sight, TeamFacts
from ci_tokengate.core.money import add_exactly, subtract_exactly
from ci_tokengate.core.usage import Charge, UsageRow
from ci_tokengate.ports import Clock

_ZERO = Decimal(0)
_DAY = timedelta(days=1)
_TEAMS_A_PAGE = 100


class LiteLLMLog:
    """Implements ports.SpendLog. `url` is the bare address; the key a reading or a minting one."""

    def __init__(self, url: str, key: str, *, who: str, deadline: Deadline, clock: Clock) -> None:
        self._calls = Calls(url, key, deadline=deadline, who=who)
        self._clock = clock
        self._seen: Sight | None = None

    @property
    def proxy(self) -> str:
        return self._calls.url

    def sight(self) -> Sight:
        """Only whoever sees all may list all teams."""
        first = {"page": "1", "page_size": "1"}
        answer = self._calls.get("/v2/team/list", first, allow=(401, 403))
        if answer.status == 401:  # as much as 403, unless the key itself is wrong
            self._calls.get("/key/info", allow=(403, 404))
        mine = self._clock.now()
        now = _told_time(answer) or mine
        self._seen = Sight(whole=answer.status == 200, now=now, ahead=mine - now)
        return self._seen

    def rows(self, day: date) -> Iterator[UsageRow]:
        """The proxy also shows a row of the next midnight's very moment, which is the next day's."""
        begin, end = _period(day)
        form = more.CollectedRowPage
        for row in log.rows(self._calls, {}, since=begin, until=end, form=form):
            if row.startTime is not None and row.startTime < end:
                yield _collected(row)

    def rows_of(self, prefix: str, *, since: datetime, part: str = "") -> Iterator[UsageRow]:
        """The proxy's filter is a *contains* with LIKE wildcards: what it finds is checked again."""
        query, until = {"key_alias": part or prefix}, self._clock.now() + _DAY
        form = more.CollectedRowPage
        for row in log.rows(self._calls, query, since=since, until=until, form=form):
            found = _collected(row)
            if found.alias.startswith(prefix) and part in found.alias:
                yield found

    def row_count(self, day: date) -> int:
        begin, end = _period(day)
        return log.size(self._calls, {}, since=begin, until=end)

    def team_days(self, day: date) -> list[TeamDay]:
        read_at = self._now()
        found = activity.spent(self._calls, day, day)
        return [
            TeamDay(proxy=self.proxy, team_id=team_id, day=day, spend=spend, read_at=read_at)
            for (team_id, _), spend in sorted(found.items())
        ]

    def teams(self) -> list[TeamFacts]:
        found: list[TeamFacts] = []
        page = 1
        while True:
            params = {"page": str(page), "page_size": str(_TEAMS_A_PAGE)}
            answer = self._calls.get("/v2/team/list", params)
            listed = self._calls.parse(more.TeamPage, answer)
            found += [teams.facts(team, team.team_id, team.team_alias) for team in listed.teams]
            if page >= (listed.total_pages or 1) or not listed.teams:
                return found
            page += 1

    def team(self, team_id: str) -> TeamFacts | None:
        params = {"team_id": team_id, "key_limit": "1"}
        answer = self._calls.get("/team/info", params, allow=(401, 403, 404))
        if answer.status != 200:
            self._calls.fail_if_database_is_down()
            return None
        return teams.facts(self._calls.parse(bodies.Team, answer).team_info, team_id, None)

    def newest_keys(self) -> Iterator[KeyFacts]:
        return newest_keys(self._calls)

    def key(self, key_id: str) -> KeyFacts | None:
        return key(self._calls, key_id)

    def _now(self) -> datetime:
        """The proxy's time, as far as it is known."""
        ahead = self._seen.ahead if self._seen else timedelta(0)
        return self._clock.now() - ahead


def _period(day: date) -> tuple[datetime, datetime]:
    begin = datetime.combine(day, time(), timezone.utc)
    return begin, begin + _DAY


def _told_time(answer: Answer) -> datetime | None:
    """Source: https://www.rfc-editor.org/rfc/rfc9110#field.date"""
    try:
        found = parsedate_to_datetime(answer.headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _collected(row: more.CollectedRow) -> UsageRow:
    meta = row.metadata
    told = meta.cost_breakdown if meta else None
    listed = meta.model_map_information if meta else None
    prices = listed.model_map_value if listed and not told else None
    return usage.usage(row, _charge(told) if told else None, _prices(prices) if prices else None)


def _charge(told: more.CostBreakdown) -> Charge:
    read, written = _usd(told.cache_read_cost), _usd(told.cache_creation_cost)
    plain = _usd(told.input_cost)
    if read or written:
        plain = subtract_exactly(plain, add_exactly(read, written))
    return Charge(
        input=plain,
        output=_usd(told.output_cost),
        cache_read=read,
        cache_write=written,
        discount=_usd(told.discount_amount),
    )


def _prices(listed: more.PriceMap) -> Charge:
    return Charge(
        input=_usd(listed.input_cost_per_token),
        output=_usd(listed.output_cost_per_token),
        cache_read=_usd(listed.cache_read_input_token_cost),
        cache_write=_usd(listed.cache_creation_input_token_cost),
    )


def _usd(told: float | None) -> Decimal:
    """Exactly what the proxy wrote."""
    return Decimal(repr(told)) if told else _ZERO
