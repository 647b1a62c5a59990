"""Portkey's analytics: sums of calls over a time, by what their metadata say. Money stays in cents here.

A time is always given, with a numeric offset: both are required, and a `Z` was seen to be refused.
Source: `/analytics/graphs/…` and `/analytics/groups/…` of the OpenAPI description.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from decimal import Decimal

from ci_tokengate.adapters.proxies.portkey import bodies
from ci_tokengate.adapters.proxies.portkey.pages import every
from ci_tokengate.adapters.proxies.rest import Rest

ANSWERED = "200,246"
"""246: a guardrail had something to say, and the answer was given all the same."""
REFUSED = "412"
"""A budget is used up."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """Which calls: `since` to `until`, of a workspace (which a workspace's own key is held to anyway)."""

    since: datetime
    until: datetime
    workspace: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    key_ids: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    status: str = ""

    def having(self, **metadata: str) -> Query:
        return replace(self, metadata={**self.metadata, **metadata})

    def params(self) -> dict[str, str]:
        found = {
            "time_of_generation_min": _time(self.since),
            "time_of_generation_max": _time(self.until),
            "workspace_slug": self.workspace,
            "metadata": json.dumps(dict(self.metadata)) if self.metadata else "",
            "api_key_ids": ",".join(self.key_ids),
            "ai_org_model": ",".join(self.models),
            "status_code": self.status,
        }
        return {name: text for name, text in found.items() if text or name == "workspace_slug"}


def total(calls: Rest, what: str, query: Query) -> Decimal:
    """`what` is cost (cents), tokens or requests."""
    return graph(calls, what, query).summary.total


def graph(calls: Rest, what: str, query: Query) -> bodies.Graph:
    return calls.parse(bodies.Graph, calls.get(f"/analytics/graphs/{what}", query.params()))


def by_metadata(calls: Rest, name: str, query: Query) -> Iterator[bodies.Group]:
    """By the values of one metadata key; calls without it are left out."""
    found = _pages(calls, f"/analytics/groups/metadata/{name}", query)
    return (group for group in found if group.metadata_value)


def by_model(calls: Rest, query: Query) -> Iterator[bodies.Group]:
    found = _pages(calls, "/analytics/groups/ai-models", query)
    return (group for group in found if group.ai_model)


def _pages(calls: Rest, path: str, query: Query) -> Iterator[bodies.Group]:
    def page(params: Mapping[str, str]) -> tuple[list[bodies.Group], int | None]:
        found = calls.parse(bodies.Groups, calls.get(path, {**query.params(), **params}))
        return found.data, found.total

    return every(page, lambda group: group.metadata_value or group.ai_model or "")


def _time(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat(timespec="seconds")
