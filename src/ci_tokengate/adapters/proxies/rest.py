"""Management calls of a proxy with a plain REST API: one envelope of refusals, one meaning a status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from ci_tokengate.adapters.http import Answer, Deadline, JsonClient
from ci_tokengate.adapters.proxies.body import Body, first_complaint
from ci_tokengate.adapters.proxies.strangers import refuse_broken, refuse_strangers
from ci_tokengate.core.diagnosis import Health
from ci_tokengate.errors import ProxyUnavailableError, TokengateError, UsageError
from ci_tokengate.ports import Clock

B = TypeVar("B", bound=Body)


class Rest:
    """Calls `base_url` with `headers`, which carry the credential. `product` is what people call it.

    error_for: what a refused call means, given the answer and what was being done.
    """

    def __init__(
        self,
        base_url: str,
        *,
        product: str,
        headers: Mapping[str, str],
        deadline: Deadline,
        error_for: Callable[[Answer, str], TokengateError],
    ) -> None:
        self.url, self.product = base_url, product
        self.http = JsonClient(base_url, name=base_url, headers=headers, deadline=deadline)
        self._error_for = error_for

    def get(
        self, path: str, params: Mapping[str, str] | None = None, *, allow: tuple[int, ...] = ()
    ) -> Answer:
        """The answer, if it is a success or of a status in `allow`; raises what it means otherwise."""
        return self.ask("GET", path, params=params, allow=allow)

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        allow: tuple[int, ...] = (),
        doing: str = "",
    ) -> Answer:
        """The same for every method. For calls that are safe to repeat."""
        answer = self.http.call(method, path, params=params, body=body, repeatable=True)
        return self.judged(answer, doing or f"reading {path}", allow=allow)

    def judged(self, answer: Answer, doing: str, *, allow: tuple[int, ...] = ()) -> Answer:
        self.refuse_nonsense(answer)
        if answer.status < 300 or answer.status in allow:
            return answer
        raise self._error_for(answer, doing)

    def parse(self, model: type[B], answer: Answer) -> B:
        try:
            return model.model_validate(answer.body)
        except ValidationError as error:
            raise ProxyUnavailableError(
                f"{self.url} answers in a form that is not {self.product}'s ({first_complaint(error)}).",
                hint=f"Is this {self.product}? Its API may have changed: `ci-tokengate doctor --live` tells.",
            ) from error

    def refuse_nonsense(self, answer: Answer) -> None:
        """Raises where the answer is not the proxy's at all: a redirect, a web page, no JSON."""
        refuse_strangers(
            answer,
            self.url,
            like=self.product,
            setting="proxy.url",
            final="Set proxy.url (or proxy.control-url) to the final address.",
        )
        if answer.status != 204:  # which has no body
            refuse_broken(answer, self.url)


def health(rest: Rest, clock: Clock, path: str, *, like_it: Callable[[Answer], bool]) -> Health:
    """Asked without a credential: `like_it` says whether the refusal is the product's.

    Raises UsageError for what is something else, ProxyUnavailableError for what does not answer.
    """
    begun = clock.now()
    answer = rest.http.call("GET", path, repeatable=False)
    middle = begun + (clock.now() - begun) / 2
    rest.refuse_nonsense(answer)
    if answer.status == 429 or answer.status >= 500:
        raise ProxyUnavailableError(
            f"{rest.url} does not answer as it should (HTTP {answer.status}).",
            hint="Try again; if it stays so, ask whoever runs the proxy.",
        )
    if not like_it(answer):
        raise UsageError(
            f"{rest.url} is something else than {rest.product} (HTTP {answer.status}).",
            hint="Check proxy.kind and proxy.url; self-hosted, also proxy.control-url.",
        )
    return Health(product=rest.product, hosted=True, clock_offset=_ahead(answer, middle))


def _ahead(answer: Answer, middle: datetime) -> float | None:
    """The proxy's clock before ours, in seconds. `Date` has whole ones: a half is the best guess at the rest."""
    try:
        date = parsedate_to_datetime(answer.headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    aware = date if date.tzinfo else date.replace(tzinfo=timezone.utc)
    return (aware - middle).total_seconds() + 0.5
