"""Keys that cannot spend, and the operator's ceilings, tried without minting anything beyond.

A key of cap 0 takes an alias; then the ceilings are asked for under the same alias. LiteLLM judges
its ceilings before the alias, so the answer tells whether there is one, and no key comes of it.
Source: observation of 1.106.2; tests/contract holds both targets to the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ci_tokengate.adapters.http import Answer
from ci_tokengate.adapters.proxies.litellm import bodies
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.adapters.proxies.litellm.errors import (
    message_of,
    raise_for,
    refuse_nonsense,
    type_of,
)
from ci_tokengate.adapters.proxies.litellm.minting import mint_body
from ci_tokengate.core.diagnosis import Bound, Ceiling, Lack, Trial
from ci_tokengate.core.keys import JobKey, KeyRequest
from ci_tokengate.errors import UsageError

_TOO_MUCH: Mapping[Ceiling, tuple[str, Any]] = {
    Ceiling.LIFETIME: ("duration", "3650d"),
    Ceiling.EXPIRY: ("duration", ...),
    Ceiling.CAP: ("max_budget", 1_000_000),
    Ceiling.CAPPED: ("max_budget", ...),
    Ceiling.PARALLEL: ("max_parallel_requests", 100_000),
    Ceiling.TEAM: ("team_id", ...),
}
"""What is asked for that no operator should give; `...` leaves it out."""

_LIMIT = re.compile(r"max_value=(\d+(?:\.\d+)?)([a-z]*)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "mo": 2592000}


def trial(calls: Calls, request: KeyRequest) -> Trial:
    """Sent once: repeated, it would be refused for its own alias, and the key be taken for none.

    Raises CredentialError and ProxyUnavailableError; why a team gets no key is in the value.
    """
    if request.cap != 0:
        raise UsageError("A trial key has a cap of 0.")
    answer = calls.http.call("POST", "/key/generate", body=mint_body(request))
    refuse_nonsense(answer, calls.url)
    if answer.status == 200:
        made = calls.parse(bodies.Generated, answer)
        key = JobKey(
            key=made.key,
            id=made.token,
            alias=request.alias,
            cap=request.cap,
            expires_at=made.expires,
        )
        return Trial(key=key)
    if answer.status >= 500 or "Team not found" in answer.text:
        calls.fail_if_database_is_down()
    lack = _lack(answer)
    if lack is None and (answer.status in (401, 429) or answer.status >= 500):
        raise_for(answer, calls.url, f"minting a key for team {request.team_id}")
    return Trial(key=None, lack=lack, said=message_of(answer))


def bounds(calls: Calls, request: KeyRequest) -> Iterator[Bound]:
    """Should a proxy let an alias be used twice, what it mints may still call no model."""
    for ceiling, (name, value) in _TOO_MUCH.items():
        body = {**mint_body(request), "models": ["no-default-models"], name: value}
        body = {name: value for name, value in body.items() if value is not ...}
        yield _bound(ceiling, calls.post("/key/generate", body))


def forget(calls: Calls, alias: str) -> None:
    """Raises where nobody can tell whether the key is gone."""
    answer = calls.post("/key/delete", {"key_aliases": [alias]})
    if answer.status == 404:
        calls.fail_if_database_is_down()
    elif answer.status != 200:
        raise_for(answer, calls.url, f"deleting the trial key {alias}")


def _lack(answer: Answer) -> Lack | None:
    if answer.status == 403:
        return Lack.RIGHTS
    if type_of(answer) == "team_member_permission_error":
        return Lack.PERMISSION
    if "not assigned to team" in answer.text:
        return Lack.MEMBERSHIP
    return Lack.TEAM if "Team not found" in answer.text else None


def _bound(ceiling: Ceiling, answer: Answer) -> Bound:
    said = message_of(answer)
    if answer.status == 200 or (answer.status == 400 and "already exists" in answer.text):
        return Bound(ceiling=ceiling, held=False)
    if answer.status != 400:
        return Bound(ceiling=ceiling, held=None, said=said or f"HTTP {answer.status}")
    found = _LIMIT.search(answer.text)
    limit = None
    if found and found[2] in _SECONDS:
        limit = Decimal(found[1]) * _SECONDS[found[2]]
    return Bound(ceiling=ceiling, held=True, limit=limit, said=said)
