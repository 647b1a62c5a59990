"""What Portkey's refusals mean, by status and by the admin API's own code.

Source: https://portkey.ai/docs/api-reference/admin-api/error and …/inference-api/error-codes. The envelope is
documented nowhere; words and code are taken from wherever they stand in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ci_tokengate.adapters.http import Answer
from ci_tokengate.adapters.proxies.words import quoted
from ci_tokengate.errors import CredentialError, ProxyUnavailableError, TokengateError, UsageError

_CODE = re.compile(r"\bAB0[1-9]\b")
_SCOPES = (
    "workspace_service_api_keys.create, .read, .list and .delete, analytics.view, workspaces.read"
)


def code_of(answer: Answer) -> str:
    """`AB01` … `AB09`; empty where there is none."""
    found = _CODE.search(answer.text)
    return found[0] if found else ""


def message_of(answer: Answer) -> str:
    """The proxy's own words, shortened."""
    return quoted(_words(answer.body))


def _words(body: Any) -> str:
    if isinstance(body, str):
        return body
    if not isinstance(body, dict):
        return ""
    for name in ("message", "error", "data", "detail"):
        if found := _words(body.get(name)):
            return found
    return ""


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """Of the statuses and codes that say the same thing. `said` is a sentence's begin, `hint` what to change."""

    statuses: tuple[int, ...]
    codes: tuple[str, ...]
    error: type[TokengateError]
    said: str
    hint: str


MEANINGS: tuple[Meaning, ...] = (
    Meaning(
        statuses=(401,),
        codes=("AB05",),
        error=CredentialError,
        said="Portkey does not accept the {who}",
        hint="Check the secret that proxy-key comes from: a service key of the team's workspace, not "
        f"expired, with the scopes {_SCOPES}.",
    ),
    Meaning(
        statuses=(403,),
        codes=("AB03",),
        error=CredentialError,
        said="The {who} has no right to do this at Portkey",
        hint=f"Give it the scopes {_SCOPES} (docs/portkey.md).",
    ),
    Meaning(
        statuses=(402,),
        codes=("AB09",),
        error=UsageError,
        said="Portkey says that the organisation's subscription is exhausted",
        hint="Whoever runs the Portkey account has to renew or raise the plan; trying again will not help.",
    ),
    Meaning(
        statuses=(409,),
        codes=("AB07",),
        error=UsageError,
        said="Portkey says that this is there already",
        hint="`ci-tokengate sweep` lists and ends keys that were left behind.",
    ),
    Meaning(
        statuses=(412,),
        codes=(),
        error=UsageError,
        said="A budget at Portkey is used up",
        hint="See the workspace's usage limits in Portkey: they are raised there, or reset.",
    ),
    Meaning(
        statuses=(429,),
        codes=("AB06",),
        error=ProxyUnavailableError,
        said="Portkey limits the rate of requests",
        hint="Run the job again in a minute; raise the minting key's rate limit if it recurs.",
    ),
    Meaning(
        statuses=(404,),
        codes=("AB02", "AB08"),
        error=UsageError,
        said="Portkey knows no such thing",
        hint="Check the team's `id` in the policy (the workspace's slug, ws-…), and proxy.control-url.",
    ),
    Meaning(
        statuses=tuple(range(500, 600)),
        codes=("AB04",),
        error=ProxyUnavailableError,
        said="Portkey failed",
        hint="Nothing is wrong with this repository; see Portkey's status page, or ask whoever hosts it.",
    ),
)
REFUSED = Meaning(
    statuses=(400,),
    codes=("AB01",),
    error=UsageError,
    said="Portkey refused",
    hint="A limit that the plan does not have is refused like this, too: budgets on keys are a feature of some "
    "plans only (docs/portkey.md).",
)


def error_for(answer: Answer, doing: str, *, who: str = "minting key") -> TokengateError:
    """By status first; by code where a gateway in front has changed the status."""
    said, code = message_of(answer), code_of(answer)
    by_status = (each for each in MEANINGS if answer.status in each.statuses)
    by_code = (each for each in MEANINGS if code in each.codes)
    meaning = next(by_status, None) or next(by_code, REFUSED)
    about = f"HTTP {answer.status}{f', {code}' if code else ''}"
    sentence = f"{meaning.said.format(who=who)}, while {doing} ({about})"
    return meaning.error(f"{sentence}: {said}" if said else f"{sentence}.", hint=meaning.hint)
