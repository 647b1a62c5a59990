"""Portkey behind the Proxy port, with a service key of a workspace, or of an organisation for several.

A team is a workspace there. A deleted key is forgotten; what it spent is not: its alias is metadata of its calls.
Source: Portkey-AI/openapi, https://portkey.ai/docs. Not observed: docs/portkey.md says what a live account proves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.portkey import (
    analytics,
    bodies,
    groups,
    keys,
    labels,
    sums,
    teams,
    usage,
)
from ci_tokengate.adapters.proxies.portkey.analytics import Query
from ci_tokengate.adapters.proxies.portkey.calls import open_calls
from ci_tokengate.adapters.proxies.portkey.capabilities import CAPABILITIES
from ci_tokengate.adapters.proxies.portkey.groups import Scope
from ci_tokengate.adapters.proxies.portkey.money import usd
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
_KEY_ROWS = timedelta(days=2)
"""How far back a job key's calls can lie: no job lives longer."""
_A_DAY = timedelta(days=1)


class Portkey:
    """Implements ports.Proxy. `key` is the minting key."""

    def __init__(self, site: Site, key: str, *, deadline: Deadline, clock: Clock) -> None:
        self._calls = open_calls(site, key, deadline=deadline)
        self._clock = clock
        self._ids: dict[str, str] = {}
        """Portkey's own ids, by alias, of the keys that this adapter has met alive."""
        self._workspaces: list[str] = []

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def credential(self) -> Credential:
        return teams.credential(self._calls)

    def team_budget(self, team_id: str) -> TeamBudget:
        teams.check_home(self._homes(), team_id)
        return teams.team_budget(self._calls, team_id, self._clock.now())

    def keys(
        self, *, prefix: str, part: str = "", since: datetime | None = None
    ) -> list[KeyRecord]:
        return [keys.record(key) for key in self._met(prefix, part)]

    def live_keys(self, *, prefix: str, team_id: str | None = None) -> list[KeyRecord]:
        """With what analytics know of their spend, which is late: until then a key holds its whole cap."""
        now = self._clock.now()
        found = [
            key
            for key in self._met(prefix, "")
            if (team_id is None or key.workspace_id == team_id)
            and (key.expires_at is None or key.expires_at > now)
        ]
        if not found:
            return []
        spent = {
            group.metadata_value: group
            for query in self._queries(now - _KEY_ROWS)
            for group in analytics.by_metadata(self._calls, labels.KEY, query)
        }
        return [keys.record(key, _spend(spent.get(_label(key)))) for key in found]

    def revoked_keys(
        self, *, prefix: str, part: str = "", since: datetime | None = None
    ) -> list[KeyRecord]:
        """Those that called a model: Portkey remembers no others. Their end is their last call."""
        alive = {key.name for key in self._met(prefix, part)}
        return [
            KeyRecord(
                id=key.alias,
                alias=key.alias,
                team_id=scope.query.workspace,
                cap=key.cap,
                spend=usd(key.cents),
                created_at=None,
                expires_at=None,
                revoked_at=key.last_seen or self._clock.now(),
            )
            for scope in self._scopes(prefix, part, since)
            for key in scope.keys
            if key.alias not in alive
        ]

    def usage_by_alias(self, prefix: str, *, since: datetime, part: str = "") -> Iterator[UsageRow]:
        return usage.rows(self._calls, self._scopes(prefix, part, since), self._ids)

    def spent_by_alias(self, prefix: str, *, since: datetime) -> dict[str, Decimal]:
        return sums.spent(self._calls, self._scopes(prefix, "", since), self._ids)

    def log_size(self, prefix: str, *, since: datetime, part: str = "") -> int:
        scopes = self._scopes(prefix, part, since)
        return sum(key.requests for scope in scopes for key in scope.keys)

    def log_begins(self, *, since: datetime) -> datetime | None:
        """Of any call of the workspace: what came before may have been forgotten."""
        graphs = (analytics.graph(self._calls, "requests", q) for q in self._queries(since))
        points = (point for graph in graphs for point in graph.data_points)
        return min((point.timestamp for point in points if point.total), default=None)

    def usage_of(self, key_id: str, *, since: datetime | None = None) -> Iterator[UsageRow]:
        found = self._scopes(key_id, "", since or self._clock.now() - _KEY_ROWS)
        return usage.rows(self._calls, found, self._ids)

    def mint(self, request: KeyRequest) -> JobKey:
        teams.check_home(self._homes(), request.team_id)
        key, own_id = keys.mint(self._calls, request, self._clock)
        self._ids[key.alias] = own_id
        return key

    def missing_models(self, job_key: str, models: Iterable[str]) -> list[str]:
        """Portkey's list of models is that of its catalogue, not of what a key may call: nothing is known missing."""
        return []

    def budget_spent(self, handle: Handle, job_key: str) -> bool | None:
        """`exhausted` is the key's own cap, or its workspace's."""
        for key in self._named(handle.alias):
            return key.status == "exhausted"
        return None

    def revoke(self, handle: Handle) -> bool:
        """By name, which two keys may have: all of them end. A mint that is on its way is looked for again."""
        known = self._ids.get(handle.alias)
        with self._calls.http.at_least(_TO_REVOKE):
            if handle.key_id and known:
                return keys.delete(self._calls, known)
            for pause in _LATE if handle.key_id is None else _LATE[:1]:
                self._clock.sleep(pause)
                found = self._named(handle.alias)
                deleted = [keys.delete(self._calls, key.id) for key in found]
                if deleted:
                    return any(deleted)
            return False

    def _named(self, alias: str) -> list[bodies.ApiKey]:
        return [key for key in self._met(alias, "") if key.name == alias]

    def _met(self, prefix: str, part: str) -> list[bodies.ApiKey]:
        found = []
        for key in keys.listed(self._calls):
            if key.name.startswith(prefix) and part.lower() in key.name.lower():
                self._ids[key.name] = key.id
                found.append(key)
        return found

    def _scopes(self, prefix: str, part: str, since: datetime | None) -> Iterator[Scope]:
        for query in self._queries(since):
            yield from groups.scopes(self._calls, prefix, part, query)

    def _queries(self, since: datetime | None) -> list[Query]:
        """One a workspace, until tomorrow: the proxy's clock may be ahead of ours."""
        now = self._clock.now()
        begins = since or now - (CAPABILITIES.remembers or _KEY_ROWS)
        return [Query(since=begins, until=now + _A_DAY, workspace=slug) for slug in self._homes()]

    def _homes(self) -> list[str]:
        self._workspaces = self._workspaces or teams.workspaces(self._calls)
        return self._workspaces


def _spend(group: bodies.Group | None) -> Decimal:
    return usd(group.cost) if group and group.cost else Decimal(0)


def _label(key: bodies.ApiKey) -> str:
    about = (key.defaults.metadata if key.defaults else None) or {}
    return str(about.get(labels.KEY) or "")
