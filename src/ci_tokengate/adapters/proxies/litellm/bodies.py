"""LiteLLM's answers, as far as they are read. Everything else in them is ignored.

Source: https://docs.litellm.ai/docs/proxy/virtual_keys and observation of 1.80.11 and 1.106.2.
"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

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


class RowError(Body):
    error_class: str | None = None
    error_code: str | None = None
    error_message: str | None = None


class CachedTokens(Body):
    cached_tokens: int | None = None
    cache_creation_tokens: int | None = None


class RowUsage(Body):
    """`usage_object`. Anthropic's counts of its cache stand in it; OpenAI's one level down."""

    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    prompt_tokens_details: CachedTokens | None = None


class RowMetadata(Body):
    user_api_key_alias: str | None = None
    error_information: RowError | None = None
    usage_object: RowUsage | None = None


class Row(Body):
    """One of `GET /spend/logs/v2`. `spend` is a float in the database; its JSON text is exact.

    `prompt_tokens` include what the provider's cache had and took. `cache_hit` is about the proxy's
    own: `True`, `False` or `None`, as a text.
    """

    request_id: str = ""
    api_key: str = ""
    call_type: str = ""
    model: str = ""
    model_group: str | None = None
    cache_hit: str | bool | None = None
    team_id: str | None = None
    spend: Usd | None = None
    status: str | None = None
    startTime: Utc | None = None  # noqa: N815 - LiteLLM's spelling
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    metadata: RowMetadata | None = None


R = TypeVar("R", bound=Row)


class Page(Body, Generic[R]):
    """`otherwise`: what a page is read as that cannot be read as this."""

    otherwise: ClassVar[type[Body] | None] = None
    data: list[R]


class RowPage(Page[Row]):
    pass


class RowCount(Body):
    """Of the same answer. `total` ends at 10,000."""

    total: int


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
