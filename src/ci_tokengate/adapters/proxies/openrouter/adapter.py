"""OpenRouter behind the Proxy port, with a management key.

A team is a workspace there, or `default`. Source: https://openrouter.ai/docs/api/api-reference/api-keys. Not observed:
docs/openrouter.md says what a live account proves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.openrouter import bodies, keys, minting, usage
from ci_tokengate.adapters.proxies.openrouter.calls import open_calls
from ci_tokengate.adapters.proxies.openrouter.capabilities import CAPABILITIES
from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.capabilities import Capabilities
from ci_tokengate.core.keys import Credential, Handle, JobKey, KeyRecord, KeyRequest
from ci_tokengate.core.site import Site
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.ports import Clock

_TO_REVOKE = 8.0
"""Seconds that a revocation has at least: a command that ran out of time still cleans up."""
_LATE = (0.0, 1.0, 2.0)
"""Seconds before each look for a key whose mint was never answered: it may still be on its way."""
_PARTS = Decimal(10) ** 10
"""Of a dollar: what is spent in them is a number that each call makes larger."""


class OpenRouter:
    """Implements ports.Proxy. `key` is the management key, which can call no model."""

    def __init__(self, site: Site, key: str, *, deadline: Deadline, clock: Clock) -> None:
        self._calls = open_calls(site, key, deadline=deadline)
        self._clock = clock

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def credential(self) -> Credential:
        """A management key sees the whole account, and no budget binds it but it cannot spend: it is the minter.

        Raises CredentialError where it is none.
        """
        next(keys.listed(self._calls), None)
        return Credential(user_id=None, is_admin=False)

    def team_budget(self, team_id: str) -> TeamBudget:
        """What all keys of the workspace have spent in this calendar month (UTC): it has no budget of its own."""
        spend = sum((key.spent_this_month for key in keys.listed(self._calls, team_id)), Decimal(0))
        month = self._clock.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return TeamBudget(spend=spend, resets_at=(month + timedelta(days=32)).replace(day=1))

    def keys(
        self, *, prefix: str, part: str = "", since: datetime | None = None
    ) -> list[KeyRecord]:
        """Also those that ended so long ago that nothing is read of them any more: a sweep deletes them."""
        now = self._clock.now()
        return [
            keys.record(key)
            for key in self._found(prefix, part)
            if not key.disabled or keys.long_over(key, now)
        ]

    def live_keys(self, *, prefix: str, team_id: str | None = None) -> list[KeyRecord]:
        now = self._clock.now()
        return [
            record
            for record in (keys.record(key) for key in self._found(prefix, "", team_id))
            if record.may_spend(now)
        ]

    def revoked_keys(
        self, *, prefix: str, part: str = "", since: datetime | None = None
    ) -> list[KeyRecord]:
        now = self._clock.now()
        return [
            keys.record(key)
            for key in self._found(prefix, part)
            if key.disabled and not keys.long_over(key, now)
        ]

    def usage_by_alias(self, prefix: str, *, since: datetime, part: str = "") -> Iterator[UsageRow]:
        for key in self._found(prefix, part):
            if key.spent and part in key.name:
                yield from usage.rows(self._calls, key, self._clock.now())

    def spent_by_alias(self, prefix: str, *, since: datetime) -> dict[str, Decimal]:
        """Each key says itself what it has spent, on the days that are not told yet as well."""
        found: dict[str, Decimal] = {}
        for key in self._found(prefix, ""):
            found[key.name] = found.get(key.name, Decimal(0)) + key.spent
        return found

    def log_size(self, prefix: str, *, since: datetime, part: str = "") -> int:
        spent = sum((key.spent for key in self._found(prefix, part)), Decimal(0))
        return int(spent * _PARTS)

    def log_begins(self, *, since: datetime) -> datetime | None:
        """Each key says itself what it has spent, however long ago."""
        return since

    def usage_of(self, key_id: str, *, since: datetime | None = None) -> Iterator[UsageRow]:
        key = keys.find(self._calls, key_id)
        return usage.rows(self._calls, key, self._clock.now()) if key else iter(())

    def mint(self, request: KeyRequest) -> JobKey:
        return minting.mint(self._calls, request, self._clock)

    def missing_models(self, job_key: str, models: Iterable[str]) -> list[str]:
        served = {model.id for model in self._models()}
        return [model for model in models if model not in served] if served else []

    def budget_spent(self, handle: Handle, job_key: str) -> bool | None:
        key = keys.find(self._calls, handle.key_id) if handle.key_id else None
        if key is None or key.limit_remaining is None:
            return None
        return key.limit_remaining <= 0

    def revoke(self, handle: Handle) -> bool:
        """By id, or by name, which two keys may have: all end. A mint that is on its way is looked for again."""
        now = self._clock.now()
        with self._calls.http.at_least(_TO_REVOKE):
            if handle.key_id:
                key = keys.find(self._calls, handle.key_id)
                return key is not None and keys.end(self._calls, key, now)
            for pause in _LATE:
                self._clock.sleep(pause)
                found = [key for key in keys.everywhere(self._calls) if key.name == handle.alias]
                done = [keys.end(self._calls, key, now) for key in found]
                if done:
                    return any(done)
            return False

    def _found(self, prefix: str, part: str, team_id: str | None = None) -> Iterator[bodies.Key]:
        calls = self._calls
        return (
            key
            for key in (keys.listed(calls, team_id) if team_id else keys.everywhere(calls))
            if key.name.startswith(prefix) and part.lower() in key.name.lower()
        )

    def _models(self) -> list[bodies.Model]:
        return self._calls.parse(bodies.Models, self._calls.get("/models")).data
