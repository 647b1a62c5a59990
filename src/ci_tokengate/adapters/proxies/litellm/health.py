"""Is this a LiteLLM, which one, and how is it? Asked without a credential."""

from __future__ import annotations

from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import Any

from ci_tokengate.adapters.http import Answer, JsonClient
from ci_tokengate.adapters.proxies.litellm.errors import refuse_nonsense
from ci_tokengate.adapters.proxies.litellm.teams import too_old
from ci_tokengate.core.diagnosis import Health
from ci_tokengate.errors import ProxyUnavailableError, UsageError
from ci_tokengate.ports import Clock

_VERSION = "/public/model_hub/info"
"""Tells the version to everybody and costs nothing. Older proxies tell it with their readiness."""


def health(http: JsonClient, clock: Clock) -> Health:
    """Raises UsageError for what is no LiteLLM, ProxyUnavailableError for what does not answer."""
    ready, first = _timed(http, clock, "/health/readiness")
    _refuse_others(ready, http.base_url)
    about, second = _timed(http, clock, _VERSION)
    state, told = _table(ready.body), _table(about.body) if about.status == 200 else {}
    version = str(told.get("litellm_version") or state.get("litellm_version") or "")
    if "db" not in state and not version:
        raise _another(http.base_url, "it answers, but not as LiteLLM does")
    offsets = [offset for offset in (first, second) if offset is not None]
    return Health(
        product="LiteLLM",
        version=version[:20],
        too_old=too_old(version),
        database=state["db"] == "connected" if "db" in state else None,
        clock_offset=max(offsets) if offsets else None,  # a busy server's `Date` lags behind
    )


def _timed(http: JsonClient, clock: Clock, path: str) -> tuple[Answer, float | None]:
    """The answer, and how far the proxy's clock is ahead of ours, in seconds.

    `Date` has whole seconds; half a second is the best guess at the rest.
    """
    begun = clock.now()
    answer = http.call("GET", path, repeatable=False)
    middle = begun + (clock.now() - begun) / 2
    try:
        date = parsedate_to_datetime(answer.headers.get("date", ""))
    except (ValueError, TypeError):
        return answer, None
    aware = date if date.tzinfo else date.replace(tzinfo=timezone.utc)
    return answer, (aware - middle).total_seconds() + 0.5


def _refuse_others(ready: Answer, url: str) -> None:
    """Only a proxy whose database is down answers 503, and then in LiteLLM's form."""
    refuse_nonsense(ready, url)
    if ready.status in (401, 403):
        raise _another(url, "it wants a login before it tells its health")
    if ready.status == 503 and "db" in _table(ready.body):
        return
    if ready.status == 429 or ready.status >= 500:
        raise ProxyUnavailableError(
            f"{url} does not tell its health (HTTP {ready.status}).",
            hint="Try again; if it stays so, ask whoever runs the proxy.",
        )
    if ready.status != 200:
        raise _another(url, "it has no /health/readiness")


def _another(url: str, why: str) -> UsageError:
    return UsageError(
        f"{url} is something else than LiteLLM: {why}.",
        hint="Set proxy.url to the proxy's bare address; what stands in front of it must let CI through.",
    )


def _table(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}
