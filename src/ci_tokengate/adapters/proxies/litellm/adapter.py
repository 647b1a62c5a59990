"""LiteLLM behind the Proxy port.

Source: https://docs.litellm.ai/docs/proxy/virtual_keys, observed on 1.80.11 and 1.106.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm import bodies, keys, log, minting, teams, usage
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.adapters.proxies.litellm.capabilities import CAPABILITIES
from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.capabilities import Capabilities
from ci_tokengate.core.keys import Credential, Handle, JobKey, KeyRecord, KeyRequest
from ci_tokengate.core.usage import UsageRow, by_alias
from ci_tokengate.ports import Clock

_MAY_REFUSE = (401, 403, 404, 422, 429)
_KEY_ROWS = timedelta(days=2)
"""How far back a job key's rows can lie: no job lives longer."""
_TO_REVOKE = 5.0
"""Seconds that a revocation has at least: a command that ran out of time still cleans up."""


class LiteLLM:
    """Implements ports.Proxy. `url` is the bare address; `key` the minting key."""

    def __init__(self, url: str, key: str, *, deadline: Deadline, clock: Clock) -> None:
        self._calls = Calls(url, key, deadline=deadline)
        self._clock = clock

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def credential(self) -> Credential:
        return teams.credential(self._calls)

    def team_budget(self, team_id: str) -> TeamBudget:
        return teams.team_budget(self._calls, team_id)

    def keys(
        self, *, prefix: str, part: str = "", since: datetime | None = None
    ) -> list[KeyRecord]:
        found = list(keys.listed(self._calls, prefix, part=part, since=since))
        if not found:
            teams.fail_if_too_old(self._calls)
        return found

    def revoked_keys(
        self, *, prefix: str, part: str = "", since: datetime | None = None
    ) -> list[KeyRecord]:
        return list(keys.listed(self._calls, prefix, part=part, status="deleted", since=since))

    def live_keys(self, *, prefix: str, team_id: str | None = None) -> list[KeyRecord]:
        now = self._clock.now()
        found = keys.listed(self._calls, prefix, team_id)
        return [
            key
            for key in found
            if not key.blocked and (key.expires_at is None or key.expires_at > now)
        ]

    def usage_by_alias(self, prefix: str, *, since: datetime, part: str = "") -> Iterator[UsageRow]:
        """The proxy's filter is a *contains* with LIKE wildcards: what it finds is checked again."""
        query = {"key_alias": part or prefix}
        found = usage.rows(self._calls, query, since=since, until=self._tomorrow())
        return (row for row in found if row.alias.startswith(prefix) and part in row.alias)

    def spent_by_alias(self, prefix: str, *, since: datetime) -> dict[str, Decimal]:
        return by_alias(self.usage_by_alias(prefix, since=since))

    def log_size(self, prefix: str, *, since: datetime, part: str = "") -> int:
        """What the proxy's own filter finds, foreign aliases that look alike included."""
        query = {"key_alias": part or prefix}
        midnight = self._clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return log.size(self._calls, query, since=since, until=midnight + timedelta(days=2))

    def log_begins(self, *, since: datetime) -> datetime | None:
        return log.begins(self._calls, since=since, until=self._tomorrow())

    def usage_of(self, key_id: str, *, since: datetime | None = None) -> Iterator[UsageRow]:
        return usage.rows(
            self._calls,
            {"api_key": key_id},
            since=since or self._clock.now() - _KEY_ROWS,
            until=self._tomorrow(),
        )

    def _tomorrow(self) -> datetime:
        """The proxy's clock may be ahead of ours."""
        return self._clock.now() + timedelta(days=1)

    def mint(self, request: KeyRequest) -> JobKey:
        return minting.mint(self._calls, request, self._clock)

    def missing_models(self, job_key: str, models: Iterable[str]) -> list[str]:
        """Nothing is missing where the proxy does not tell, or serves names by pattern."""
        answer = self._calls.get("/model_group/info", key=job_key, allow=_MAY_REFUSE)
        if answer.status != 200:
            return []
        groups = self._calls.parse(bodies.ModelGroups, answer).data
        served = {group.model_group for group in groups if group.providers != []}
        return [] if any("*" in name for name in served) else [m for m in models if m not in served]

    def budget_spent(self, handle: Handle, job_key: str) -> bool | None:
        return usage.budget_spent(self._calls, job_key)

    def revoke(self, handle: Handle) -> bool:
        with self._calls.http.at_least(_TO_REVOKE):
            return keys.revoke(self._calls, handle)
