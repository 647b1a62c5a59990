"""LiteLLM's answers as a ledger reads them: more of each than the gate needs.

Source: https://docs.litellm.ai/docs/proxy/cost_tracking and observation of 1.106.2.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from ci_tokengate.adapters.proxies.body import Body
from ci_tokengate.adapters.proxies.litellm.bodies import ListedKey, TeamInfo, Usd
from ci_tokengate.adapters.proxies.litellm.row_bodies import Page, Row, RowMetadata

Told = Annotated[float, Field(allow_inf_nan=False, gt=-1e12, lt=1e12)]
"""USD of which a row has nine and a log millions: a float's shortest text is what the proxy wrote (D12),
and making it a Decimal where it is used takes half the time of making all here."""


class CollectedKey(ListedKey):
    """The same with what only a ledger needs. `/key/info` names no token: it was asked with it."""

    token: str = ""
    user_id: str | None = None


class CollectedKeyPage(Body):
    keys: list[CollectedKey]
    total_pages: int | None = None


class CollectedKeyInfo(Body):
    info: CollectedKey


class CostBreakdown(Body):
    """How a row came to its spend. `input_cost` holds both of the cache's costs."""

    input_cost: Told | None = None
    output_cost: Told | None = None
    cache_read_cost: Told | None = None
    cache_creation_cost: Told | None = None
    discount_amount: Told | None = None


class PriceMap(Body):
    """A model's entry in the price map, USD a token."""

    input_cost_per_token: Told | None = None
    output_cost_per_token: Told | None = None
    cache_read_input_token_cost: Told | None = None
    cache_creation_input_token_cost: Told | None = None


class ModelMap(Body):
    model_map_value: PriceMap | None = None


class CollectedMetadata(RowMetadata):
    cost_breakdown: CostBreakdown | None = None
    model_map_information: ModelMap | None = None


class CollectedRow(Row):
    """A row with what only a ledger needs of it."""

    metadata: CollectedMetadata | None = None


def _if_told(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


class OddMetadata(CollectedMetadata):
    cost_breakdown: Annotated[CostBreakdown | None, WrapValidator(_if_told)] = None
    model_map_information: Annotated[ModelMap | None, WrapValidator(_if_told)] = None


class OddRow(CollectedRow):
    metadata: OddMetadata | None = None


class OddRowPage(Page[OddRow]):
    """An account in another form explains nothing, and is no reason not to count the call. Slow to read."""


class CollectedRowPage(Page[CollectedRow]):
    otherwise = OddRowPage


class ActivityMetrics(Body):
    spend: Usd | None = None


class ActivityOf(Body):
    metrics: ActivityMetrics


class ActivityBreakdown(Body):
    """`entities` are teams, by id."""

    entities: dict[str, ActivityOf] = Field(default_factory=dict)


class ActivityDay(Body):
    date: str
    breakdown: ActivityBreakdown


class ActivityMeta(Body):
    has_more: bool | None = None
    total_pages: int | None = None


class Activity(Body):
    """A page of `GET /team/daily/activity`. Pages cut the proxy's own rows, not days or teams."""

    results: list[ActivityDay]
    metadata: ActivityMeta


class ListedTeam(TeamInfo):
    """One of `GET /v2/team/list`."""

    team_id: str
    team_alias: str | None = None


class TeamPage(Body):
    teams: list[ListedTeam]
    total_pages: int | None = None
