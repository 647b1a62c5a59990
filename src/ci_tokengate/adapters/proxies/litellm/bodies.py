"""LiteLLM's answers about users, keys, teams and models, as far as they are read. Everything else in them is ignored.

Source: https://docs.litellm.ai/docs/proxy/virtual_keys and observation of 1.80.11 and 1.106.2.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ci_tokengate.adapters.proxies.body import Amount, Body, KeyText, Utc

Usd = Amount


class Users(Body):
    """`GET /user/list`, which only an admin may ask for."""

    users: list[Any]


class OwnKey(Body):
    """`info` of `GET /key/info` without a parameter: the calling key."""

    user_id: str | None = None


class KeyInfo(Body):
    info: OwnKey


class DescribedKey(Body):
    """The same with what `doctor` looks at besides."""

    user_id: str | None = None
    expires: Utc | None = None
    allowed_routes: list[str] | None = None


class Described(Body):
    key: str = ""
    info: DescribedKey


class TeamInfo(Body):
    """`team_info` of `GET /team/info`. Spend and budget in USD."""

    spend: Usd | None = None
    max_budget: Usd | None = None
    budget_reset_at: Utc | None = None
    budget_duration: str | None = None
    blocked: bool | None = None
    models: list[str] | None = None
    metadata: dict[str, Any] | None = None


class Team(Body):
    team_info: TeamInfo


class Generated(Body):
    """`POST /key/generate`. `expires` is the fact; the asked duration is not."""

    key: KeyText = Field(repr=False)
    token: str
    max_budget: Usd | None = None
    budget_duration: str | None = None
    created_at: Utc | None = None
    expires: Utc


class Renewal(Body):
    budget_reset_at: Utc | None = None


class RenewalInfo(Body):
    """`GET /key/info?key=…`: when the key's cap is renewed, which its mint does not tell."""

    info: Renewal


class Deleted(Body):
    """`POST /key/delete`: the keys as they were named."""

    deleted_keys: list[Any]


class ListedKey(Body):
    """One of `GET /key/list?return_full_object=true`."""

    token: str
    key_alias: str | None = None
    team_id: str | None = None
    max_budget: Usd | None = None
    spend: Usd | None = None
    created_at: Utc | None = None
    expires: Utc | None = None
    deleted_at: Utc | None = None
    blocked: bool | None = None
    metadata: dict[str, Any] | None = None


class KeyPage(Body):
    keys: list[ListedKey]
    total_pages: int | None = None


class BudgetTeam(TeamInfo):
    """A team with all that a budget is made of."""

    team_id: str = ""
    team_alias: str | None = None
    soft_budget: Usd | None = None


class BudgetPage(Body):
    teams: list[BudgetTeam]
    total_pages: int | None = None


class BudgetInfo(Body):
    team_info: BudgetTeam


class ModelGroup(Body):
    """One of `GET /model_group/info`. A name that is no model is listed too, without a provider."""

    model_group: str = ""
    providers: list[str] | None = None


class ModelGroups(Body):
    data: list[ModelGroup]
