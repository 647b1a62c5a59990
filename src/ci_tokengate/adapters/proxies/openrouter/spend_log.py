"""OpenRouter behind the SpendLog port: days that are over, of our own keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.openrouter import bodies, keys, usage
from ci_tokengate.adapters.proxies.openrouter.calls import open_calls
from ci_tokengate.core.alias import PREFIX, parse_alias
from ci_tokengate.core.ledger.keys import KeyFacts
from ci_tokengate.core.ledger.records import TeamDay
from ci_tokengate.core.ledger.sources import Sight, TeamFacts
from ci_tokengate.core.site import Site
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.ports import Clock


class OpenRouterLog:
    """Implements ports.SpendLog. Never whole: a management key sees keys, not who made a call."""

    def __init__(self, site: Site, key: str, *, who: str, deadline: Deadline, clock: Clock) -> None:
        self._site = site
        self._calls = open_calls(site, key, deadline=deadline, who=who)
        self._clock = clock

    @property
    def proxy(self) -> str:
        return self._site.url

    def sight(self) -> Sight:
        next(keys.listed(self._calls), None)
        return Sight(whole=False, now=self._clock.now())

    def rows(self, day: date) -> Iterator[UsageRow]:
        now = self._clock.now()
        if day >= now.date():
            return
        for key in self._ours(PREFIX, ""):
            alive = key.created_at is None or key.created_at.date() <= day
            end = keys.ended(key)
            if alive and (end is None or end.date() >= day):
                yield from usage.of_days(self._calls, key, now, day)

    def rows_of(self, prefix: str, *, since: datetime, part: str = "") -> Iterator[UsageRow]:
        for key in self._ours(prefix, part):
            yield from usage.of_days(self._calls, key, self._clock.now())

    def row_count(self, day: date) -> int:
        """Requests of all keys; none of a day that is not over."""
        if day >= self._clock.now().date():
            return 0
        answer = self._calls.get("/activity", {"date": f"{day}"})
        return sum(int(each.requests) for each in self._calls.parse(bodies.Activities, answer).data)

    def team_days(self, day: date) -> list[TeamDay]:
        return []

    def teams(self) -> list[TeamFacts]:
        return []

    def team(self, team_id: str) -> TeamFacts | None:
        spent = (key.spent_this_month for key in keys.listed(self._calls, team_id))
        return TeamFacts(id=team_id, name=team_id, spend=sum(spent, start=usage.NOTHING))

    def newest_keys(self) -> Iterator[KeyFacts]:
        return (_facts(key) for key in keys.everywhere(self._calls) if key.name.startswith(PREFIX))

    def key(self, key_id: str) -> KeyFacts | None:
        key = keys.find(self._calls, key_id)
        return _facts(key) if key else None

    def _ours(self, prefix: str, part: str) -> Iterator[bodies.Key]:
        return (
            key
            for key in keys.everywhere(self._calls)
            if key.name.startswith(prefix) and part in key.name and key.spent
        )


def _facts(key: bodies.Key) -> KeyFacts:
    """A name is all that OpenRouter keeps of whose a key is."""
    parsed = parse_alias(key.name)
    number = int(parsed.scope) if parsed and parsed.scope.isdigit() else None
    about = {"repository": parsed.repository, "pull_request": number} if parsed else {}
    if parsed and number is None:
        about["ref"] = parsed.scope
    return KeyFacts(
        id=key.hash,
        alias=key.name,
        team_id=key.workspace_id or keys.DEFAULT,
        created_at=key.created_at,
        ends_at=keys.ended(key),
        attribution=about,
    )
