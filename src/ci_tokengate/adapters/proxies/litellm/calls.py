"""Management calls of LiteLLM with what all of them share: nonsense, refusals, a database that is down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from ci_tokengate.adapters.http import PER_CALL, Answer, Deadline, JsonClient
from ci_tokengate.adapters.proxies.body import Body, first_complaint
from ci_tokengate.adapters.proxies.litellm.errors import (
    raise_for,
    refuse_nonsense,
    refuse_others,
)
from ci_tokengate.adapters.proxies.strangers import refuse_broken
from ci_tokengate.errors import ProxyUnavailableError

_B = TypeVar("_B", bound=Body)
_FOR_A_PAGE = 30.0
"""Seconds: a thousand rows are ten megabytes, and a busy proxy was seen to take eight for them."""


class Calls:
    """Calls the proxy at `url` (bare address) with a key, `who` being what people call it."""

    def __init__(self, url: str, key: str, *, deadline: Deadline, who: str = "minting key") -> None:
        self.url, self.who = url, who
        self.http = JsonClient(url, name=url, headers=bearer(key), deadline=deadline)

    def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        allow: tuple[int, ...] = (),
        key: str | None = None,
    ) -> Answer:
        """The answer, if it is 200 or of a status in `allow`; raises what it means otherwise."""
        answer = self._get(path, params, allow=allow, key=key)
        refuse_broken(answer, self.url)
        return answer

    def page(self, model: type[_B], path: str, params: Mapping[str, str]) -> _B:
        """An answer of megabytes: what the model leaves out is skipped and never built.

        Its floats are as exact: the shortest text of a float is the same on either way (D12).
        """
        answer = self._get(path, params, patience=_FOR_A_PAGE)
        try:
            return read_page(model, answer.raw)
        except ValidationError as error:
            refuse_broken(answer, self.url)
            raise self._odd(error) from error

    def _get(
        self,
        path: str,
        params: Mapping[str, str] | None,
        *,
        allow: tuple[int, ...] = (),
        key: str | None = None,
        patience: float = PER_CALL,
    ) -> Answer:
        headers = bearer(key) if key else None
        answer = self.http.call("GET", path, params=params, headers=headers, patience=patience)
        refuse_others(answer, self.url)
        if answer.status == 200 or answer.status in allow:
            return answer
        if answer.status >= 500:
            self.fail_if_database_is_down()
        raise_for(answer, self.url, f"reading {path}", who=self.who)

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """For calls that are safe to repeat."""
        answer = self.http.call("POST", path, body=body, repeatable=True)
        refuse_nonsense(answer, self.url)
        return answer

    def fail_if_database_is_down(self) -> None:
        """Many a wrong answer (404 "Team not found" too) means just that.

        Raises ProxyUnavailableError.
        """
        health = self.http.call("GET", "/health/readiness", repeatable=False)
        database = health.body.get("db") if isinstance(health.body, dict) else None
        if health.status == 503 or database not in ("connected", None):
            raise ProxyUnavailableError(
                f"The proxy's database is down (HTTP {health.status} from /health/readiness).",
                hint=f"Nothing is wrong with this repository; ask whoever runs {self.url}.",
            )

    def parse(self, model: type[_B], answer: Answer) -> _B:
        try:
            return model.model_validate(answer.body)
        except ValidationError as error:
            raise self._odd(error) from error

    def _odd(self, error: ValidationError) -> ProxyUnavailableError:
        return ProxyUnavailableError(
            f"{self.url} answers in a form that is not LiteLLM's ({first_complaint(error)}).",
            hint="Is this a LiteLLM proxy, of a version that the README names?",
        )


def read_page(model: type[_B], raw: bytes) -> _B:
    """Raises ValidationError where it cannot be read as the model's `otherwise` either."""
    try:
        return model.model_validate_json(raw)
    except ValidationError:
        otherwise: type[_B] | None = getattr(model, "otherwise", None)
        if otherwise is None:
            raise
        return otherwise.model_validate_json(raw)


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}
