"""What a LiteLLM serves, and at what prices: `GET /v2/model/info`, all pages.

`/v1/models` and `/model/info` show a key its own models only, which a reading key has none of;
`/model_group/info` shows all, without the cache's prices. Source: observation of 1.106.2.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import count

from pydantic import Field

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.body import Body
from ci_tokengate.adapters.proxies.litellm.bodies import Usd
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.core.advice.served import ServedModel
from ci_tokengate.core.usage import Charge
from ci_tokengate.errors import UsageError

ROUTE = "/v2/model/info"
_A_PAGE = "100"
_ZERO = Decimal(0)
_WRITING = (None, "", "chat", "completion", "responses")


class _Params(Body):
    model: str | None = None


class _Info(Body):
    mode: str | None = None
    input_cost_per_token: Usd | None = None
    output_cost_per_token: Usd | None = None
    cache_read_input_token_cost: Usd | None = None
    cache_creation_input_token_cost: Usd | None = None


class _Model(Body):
    """`litellm_params` are the operator's: no more of them is read than the provider's name."""

    model_name: str
    litellm_params: _Params = Field(default_factory=_Params)
    model_info: _Info = Field(default_factory=_Info)


class _Page(Body):
    data: list[_Model]
    total_pages: int | None = None


class LiteLLMModels:
    """Implements ports.models.Models. `url` is the bare address."""

    def __init__(self, url: str, key: str, *, who: str, deadline: Deadline) -> None:
        self._calls = Calls(url, key, deadline=deadline, who=who)

    def models(self) -> list[ServedModel]:
        """Once a name: of several deployments the first that has a price."""
        found: dict[str, ServedModel] = {}
        for page in count(1):
            listed = self._page(page)
            for model in listed.data:
                one = _served(model)
                if one.name not in found or found[one.name].prices is None:
                    found[one.name] = one
            if page >= (listed.total_pages or 1) or not listed.data:
                break
        return [*found.values()]

    def _page(self, page: int) -> _Page:
        params = {"page": str(page), "size": _A_PAGE}
        answer = self._calls.get(ROUTE, params, allow=(403,))
        if answer.status == 403:
            raise UsageError(
                f"The {self._calls.who} may not list models at {self._calls.url}.",
                hint=f"Give it the route {ROUTE}, as docs/collect.md does.",
            )
        return self._calls.parse(_Page, answer)


def _served(model: _Model) -> ServedModel:
    info = model.model_info
    prices = None
    if info.input_cost_per_token or info.output_cost_per_token:
        prices = Charge(
            input=info.input_cost_per_token or _ZERO,
            output=info.output_cost_per_token or _ZERO,
            cache_read=info.cache_read_input_token_cost or _ZERO,
            cache_write=info.cache_creation_input_token_cost or _ZERO,
        )
    return ServedModel(
        name=model.model_name,
        provider_model=model.litellm_params.model or "",
        prices=prices,
        writes=info.mode in _WRITING,
    )
