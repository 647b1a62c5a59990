"""OpenRouter's answers, as far as they are read. Money is USD. Source: its OpenAPI description, API Keys and Analytics."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from ci_tokengate.adapters.proxies.body import Amount, Body, KeyText, Utc

_ZERO = Decimal(0)


class Key(Body):
    """`usage` is in OpenRouter's credits, `byok_usage` what was billed to a provider's key of one's own."""

    hash: str
    name: str = ""
    disabled: bool = False
    limit: Amount | None = None
    limit_remaining: Amount | None = None
    limit_reset: str | None = None
    usage: Amount = _ZERO
    usage_monthly: Amount = _ZERO
    byok_usage: Amount = _ZERO
    byok_usage_monthly: Amount = _ZERO
    created_at: Utc | None = None
    updated_at: Utc | None = None
    expires_at: Utc | None = None
    workspace_id: str | None = None

    @property
    def spent(self) -> Decimal:
        return self.usage + self.byok_usage

    @property
    def spent_this_month(self) -> Decimal:
        return self.usage_monthly + self.byok_usage_monthly


class Keys(Body):
    data: list[Key]


class One(Body):
    data: Key


class Made(Body):
    data: Key
    key: KeyText = Field(repr=False)


class Activity(Body):
    """One day, model and endpoint."""

    date: date
    model: str
    model_permaslug: str = ""
    usage: Amount = _ZERO
    byok_usage_inference: Amount = _ZERO
    requests: Amount = _ZERO
    prompt_tokens: Amount = _ZERO
    completion_tokens: Amount = _ZERO

    @property
    def spent(self) -> Decimal:
        return self.usage + self.byok_usage_inference


class Activities(Body):
    data: list[Activity]


class Workspace(Body):
    id: str


class Workspaces(Body):
    data: list[Workspace]


class Model(Body):
    id: str


class Models(Body):
    data: list[Model]
