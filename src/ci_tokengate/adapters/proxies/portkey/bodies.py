"""Portkey's answers, as far as they are read. Source: Portkey-AI/openapi, openapi.yaml."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ci_tokengate.adapters.proxies.body import Amount, Body, KeyText, Utc


class UsageLimits(Body):
    """`credit_limit` is in US dollars where `type` is cost, or not told."""

    credit_limit: Amount | None = None
    type: str | None = None
    periodic_reset: str | None = None
    periodic_reset_days: int | None = None
    next_usage_reset_at: Utc | None = None


class Defaults(Body):
    metadata: dict[str, Any] | None = None


class ApiKey(Body):
    id: str
    name: str = ""
    workspace_id: str | None = None
    status: str | None = None
    created_at: Utc | None = None
    expires_at: Utc | None = None
    usage_limits: UsageLimits | None = None
    defaults: Defaults | None = None


class ApiKeys(Body):
    data: list[ApiKey]
    total: int | None = None


class Made(Body):
    """`POST /api-keys/workspace/service`."""

    id: str
    key: KeyText = Field(repr=False)


class Workspace(Body):
    id: str = ""
    slug: str = ""
    name: str = ""
    usage_limits: list[UsageLimits] | None = None


class Workspaces(Body):
    data: list[Workspace]
    total: int | None = None


class Total(Body):
    total: Amount


class Point(Body):
    timestamp: Utc
    total: Amount


class Graph(Body):
    """Of cost the totals are cents; of tokens and requests, numbers."""

    summary: Total
    data_points: list[Point] = Field(default_factory=list)


class Group(Body):
    """A row of `/analytics/groups/metadata/{key}` or `/analytics/groups/ai-models`."""

    metadata_value: str | None = None
    ai_model: str | None = None
    requests: Amount | None = None
    cost: Amount | None = None
    last_seen: Utc | None = None


class Groups(Body):
    data: list[Group]
    total: int
