"""The rows of LiteLLM's log, as far as they are read.

Source: https://docs.litellm.ai/docs/proxy/cost_tracking and observation of 1.80.11 and 1.106.2.
"""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from ci_tokengate.adapters.proxies.body import Body, Utc
from ci_tokengate.adapters.proxies.litellm.bodies import Usd


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
