"""LiteLLM behind the Diagnosis port."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from ci_tokengate.adapters.http import Answer, Deadline, JsonClient
from ci_tokengate.adapters.proxies.litellm import ceilings
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.adapters.proxies.litellm.errors import message_of, refuse_nonsense, type_of
from ci_tokengate.adapters.proxies.litellm.health import health
from ci_tokengate.adapters.proxies.litellm.minter import minter
from ci_tokengate.adapters.proxies.litellm.remedies import remedy
from ci_tokengate.core.diagnosis import Bound, Ceiling, Health, Knock, Lack, Minter, Trial
from ci_tokengate.core.keys import KeyRequest
from ci_tokengate.core.tools.dial import Dial
from ci_tokengate.ports import Clock

_TO_FORGET = 5.0
"""Seconds that the end of a trial key has at least, whatever the time."""
_ANSWERED = (400, 422)
"""A request without a question is refused like this, after the key was accepted."""


class LiteLLMDiagnosis:
    """Implements ports.Diagnosis. `url` is the bare address; `key` the minting key."""

    def __init__(self, url: str, key: str, *, deadline: Deadline, clock: Clock) -> None:
        self._calls = Calls(url, key, deadline=deadline)
        # Tools send the job key their own way; the minting key must not ride along.
        self._plain = JsonClient(url, name=url, headers={}, deadline=deadline)
        self._clock = clock

    def health(self) -> Health:
        return health(self._plain, self._clock)

    def minter(self, model: str) -> Minter:
        return minter(self._calls, self._clock, model)

    def trial(self, request: KeyRequest) -> Trial:
        return ceilings.trial(self._calls, request)

    def bounds(self, request: KeyRequest) -> Iterator[Bound]:
        return ceilings.bounds(self._calls, request)

    def forget(self, alias: str) -> None:
        with self._calls.http.at_least(_TO_FORGET):
            ceilings.forget(self._calls, alias)

    def knock(
        self, dial: Dial, *, paid: bool = False, headers: Mapping[str, str] | None = None
    ) -> Knock:
        url = self._calls.url
        if not dial.url.startswith(f"{url}/"):
            return Knock(reached=False, said=f"it would call {dial.url[:80]}, not {url}")
        body = dial.smallest_call() if paid else dial.question()
        answer = self._plain.call(
            "POST",
            dial.url.removeprefix(url),
            body=body,
            headers={**dial.headers, **(headers or {})},
            repeatable=not paid,
        )
        refuse_nonsense(answer, url)
        if paid and answer.status == 200:
            model = answer.headers.get("x-litellm-model-group", dial.model)
            return Knock(reached=True, model=model[:100], cost=_cost(answer))
        known = type_of(answer) == "budget_exceeded" or answer.status in _ANSWERED
        said = message_of(answer) or f"HTTP {answer.status}"
        return Knock(reached=known and not paid, said=said)

    def forgery(self) -> Mapping[str, str]:
        return {"x-litellm-tags": "pr:forged/forged#1"}

    def remedy(self, lack: Lack | Ceiling, **about: str) -> str:
        return remedy(lack, url=self._calls.url, **about)


def _cost(answer: Answer) -> Decimal | None:
    """Not told on every route."""
    text = answer.headers.get("x-litellm-response-cost", "")
    try:
        return Decimal(text) if re.match(r"\d", text) else None
    except InvalidOperation:
        return None
