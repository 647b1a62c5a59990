"""OpenRouter's management API, opened with one key, and what its refusals mean.

Source: https://openrouter.ai/docs/api/reference/errors-and-debugging
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ci_tokengate.adapters.http import Answer, Deadline
from ci_tokengate.adapters.proxies.rest import Rest
from ci_tokengate.adapters.proxies.words import quoted
from ci_tokengate.core.site import Site
from ci_tokengate.errors import CredentialError, ProxyUnavailableError, TokengateError, UsageError

_SECRET = "Check the secret that proxy-key comes from: a management key, which OpenRouter shows once when it is made."
_MEANINGS: Mapping[int, tuple[type[TokengateError], str, str]] = {
    401: (CredentialError, "OpenRouter does not accept the {who}", _SECRET),
    402: (
        UsageError,
        "OpenRouter says that the account has no credit",
        "Whoever runs the OpenRouter account has to add credit; trying again will not help.",
    ),
    403: (CredentialError, "The {who} has no right to do this at OpenRouter", _SECRET),
    404: (
        UsageError,
        "OpenRouter knows no such thing",
        "Check the team's `id` in the policy: a workspace's id, or `default`.",
    ),
    429: (
        ProxyUnavailableError,
        "OpenRouter limits the rate of requests",
        "Run the job again in a minute.",
    ),
}


def open_calls(site: Site, key: str, *, deadline: Deadline, who: str = "minting key") -> Rest:
    return Rest(
        f"{site.url}/api/v1",
        product="OpenRouter",
        headers={"authorization": f"Bearer {key}"} if key else {},
        deadline=deadline,
        error_for=partial(error_for, who=who),
    )


def message_of(answer: Answer) -> str:
    """The proxy's own words, shortened."""
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    said = error.get("message") if isinstance(error, dict) else error
    return quoted(str(said or ""))


def error_for(answer: Answer, doing: str, *, who: str = "minting key") -> TokengateError:
    said = message_of(answer)
    words = f": {said}" if said else "."
    if answer.status >= 500:
        return ProxyUnavailableError(
            f"OpenRouter failed, while {doing} (HTTP {answer.status}){words}",
            hint="Nothing is wrong with this repository; see status.openrouter.ai.",
        )
    unknown = (UsageError, "OpenRouter refused", "See its words above.")
    error, sentence, hint = _MEANINGS.get(answer.status, unknown)
    about = f"{sentence.format(who=who)}, while {doing} (HTTP {answer.status}){words}"
    return error(about, hint=hint)
