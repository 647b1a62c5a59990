"""What a LiteLLM answer that is no success means, as one of our errors.

The envelope has four shapes and its texts are not stable: status first, then `error.type`.
Source: observation of 1.80.11, 1.106.2, 1.109.1.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from ci_tokengate.adapters.http import Answer
from ci_tokengate.adapters.proxies.strangers import refuse_broken, refuse_strangers
from ci_tokengate.adapters.proxies.words import quoted
from ci_tokengate.errors import (
    CredentialError,
    ProxyUnavailableError,
    TokengateError,
    UsageError,
)

_SECRETS = {
    "minting key": "proxy-key",
    "reading key": "TOKENGATE_READING_KEY",
    "admin key": "TOKENGATE_ADMIN_KEY",
}
_SET_UP = {
    "minting key": "Set the credential up as the README says: member of the team, "
    "with its routes and the team's permissions.",
    "reading key": "Make it as docs/collect.md says: of a user with the role proxy_admin_viewer, "
    "with its routes.",
    "admin key": "It takes a master or admin key to change a team's budget.",
}
_A_KEY = re.compile(r"sk-[\w-]{8,}")


def message_of(answer: Answer) -> str:
    """The proxy's own words, shortened and without a key, from whichever envelope it used."""
    body = answer.body
    if isinstance(body, dict):
        error: Any = body.get("error", body.get("detail", ""))
        while isinstance(error, dict):
            error = error.get("message", error.get("error", ""))
        text = error if isinstance(error, str) else ""
    else:
        text = ""
    return quoted(_A_KEY.sub("sk-***", text))


def type_of(answer: Answer) -> str:
    """`error.type`, the steadiest part of a refusal; empty where there is none."""
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    return str(error.get("type") or "") if isinstance(error, dict) else ""


def refuse_nonsense(answer: Answer, url: str) -> None:
    """Raises where the answer is not a LiteLLM's at all: a redirect, a web page, a wrong path, no JSON."""
    refuse_others(answer, url)
    refuse_broken(answer, url)


def refuse_others(answer: Answer, url: str) -> None:
    """The same of what shows without parsing a success."""
    refuse_strangers(
        answer,
        url,
        like="a LiteLLM proxy",
        setting="proxy-url",
        final="Set proxy-url to the proxy's final address, without a path.",
    )
    if answer.status == 404 and answer.body == {"detail": "Not Found"}:
        raise UsageError(
            f"{url} has no LiteLLM management API (HTTP 404).",
            hint="Set proxy-url to the proxy's bare address: no /v1, no other path.",
        )


def raise_for(answer: Answer, url: str, doing: str, *, who: str = "minting key") -> NoReturn:
    """Raises what a refused management call means."""
    raise _error(answer, url, doing, who)


def _error(answer: Answer, url: str, doing: str, who: str) -> TokengateError:
    said = message_of(answer)
    words = f": {said}" if said else "."
    if answer.status == 401:
        return CredentialError(
            f"{url} does not accept the {who}, while {doing}{words}",
            hint=f"Check the secret that {_SECRETS.get(who, who)} comes from: it is a LiteLLM key "
            "(sk-…), not expired and not deleted.",
        )
    if answer.status == 403:
        return CredentialError(
            f"The {who} has no right to do this at {url}: {doing}{words}",
            hint=_SET_UP.get(who, _SET_UP["minting key"]),
        )
    if answer.status == 429:
        return ProxyUnavailableError(
            f"{url} limits the rate of requests, while {doing} (HTTP 429).",
            hint="Run the job again in a minute; raise the minting key's rate limit if it recurs.",
        )
    if answer.status >= 500:
        return ProxyUnavailableError(
            f"{url} failed, while {doing} (HTTP {answer.status}){words}",
            hint="Nothing is wrong with this repository; ask whoever runs the proxy.",
        )
    return UsageError(
        f"{url} refused, while {doing} (HTTP {answer.status}){words}",
        hint="See the proxy's words above; `ci-tokengate policy check` shows what is asked of it.",
    )
