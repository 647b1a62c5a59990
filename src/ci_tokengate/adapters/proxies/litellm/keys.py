"""Job keys at the proxy: listed, minted, revoked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from ci_tokengate.adapters.http import NeverSentError, NoAnswerError
from ci_tokengate.adapters.proxies.litellm import bodies
from ci_tokengate.adapters.proxies.litellm.calls import Calls, where
from ci_tokengate.adapters.proxies.litellm.errors import message_of, raise_for, refuse_nonsense
from ci_tokengate.adapters.proxies.litellm.held import held
from ci_tokengate.adapters.proxies.loose import TO_END
from ci_tokengate.core.durations import compact
from ci_tokengate.core.keys import Handle, JobKey, KeyRecord, KeyRequest
from ci_tokengate.errors import DeadlineError
from ci_tokengate.ports import Clock, LostAnswer

_KEYS_A_PAGE = "100"
_WRONG_PATH = {"detail": "Not Found"}


def listed(
    calls: Calls,
    prefix: str,
    team_id: str | None = None,
    *,
    part: str = "",
    status: str = "",
    since: datetime | None = None,
) -> Iterator[KeyRecord]:
    """All pages, oldest first. The filter is a *contains*, in any case, so what is found is checked again.

    Deleted keys are listed with the status `deleted` only. With `since` the newest come first, and the
    listing ends at those that are older: a proxy remembers the keys of years.
    """
    page = 1
    while True:
        params = {
            "key_alias": part or prefix,
            "substring_matching": "true",
            "return_full_object": "true",
            "sort_by": "created_at",
            "sort_order": "desc" if since else "asc",
            "size": _KEYS_A_PAGE,
            "page": str(page),
            **({"team_id": team_id} if team_id else {}),
            **({"status": status} if status else {}),
        }
        found = calls.parse(bodies.KeyPage, calls.get("/key/list", params))
        for key in found.keys:
            if since and key.created_at and key.created_at < since:
                return
            alias = key.key_alias or ""
            if alias.startswith(prefix) and part.lower() in alias.lower():
                yield _record(key)
        if not found.keys or page >= (found.total_pages or 1):
            return
        page += 1


def mint(calls: Calls, request: KeyRequest, clock: Clock) -> JobKey:
    """Sent once, never repeated.

    Raises LostAnswer where a key may exist all the same. One that may do more than was asked for is ended.
    """
    calls.http.deadline.check("minting a key")
    try:
        answer = calls.http.call("POST", "/key/generate", body=mint_body(request))
    except NeverSentError:
        raise
    except (NoAnswerError, DeadlineError) as error:
        raise LostAnswer(str(error)) from error
    if answer.status >= 500:
        raise LostAnswer(f"HTTP {answer.status} {message_of(answer)}".strip())
    if answer.status == 200 and answer.body is None:
        raise LostAnswer("an answer that is not whole JSON")
    refuse_nonsense(answer, calls.url)
    if answer.status == 400 and "Team not found" in answer.text:
        calls.fail_if_database_is_down()
    if answer.status != 200:
        raise_for(answer, calls.url, f"minting a key for team {request.team_id}")
    try:
        made = bodies.Generated.model_validate(answer.body)
    except ValidationError as error:
        raise LostAnswer(f"an answer without a key ({where(error)})") from error
    began = made.created_at or answer.date or clock.now()
    return held(calls, made, request, began, lambda: _end(calls, request, made.token))


def _end(calls: Calls, request: KeyRequest, key_id: str) -> None:
    with calls.at_least(TO_END):
        revoke(calls, Handle(alias=request.alias, team_id=request.team_id, key_id=key_id))


def revoke(calls: Calls, handle: Handle) -> bool:
    """By id where it is known; by alias otherwise, which is then taken against a mint in flight.

    An alias that is taken stays taken, however often this is called: deleting what took it would
    let the mint in.
    """
    if handle.key_id:
        return _delete(calls, [handle.key_id], handle)
    while True:
        found = [k for k in listed(calls, handle.alias) if k.alias == handle.alias]
        minted = [key.id for key in found if key.cap != 0]
        if minted:
            return _delete(calls, minted, handle)
        if found or _take(calls, handle):
            return False


def _delete(calls: Calls, ids: list[str], handle: Handle) -> bool:
    """True if a key was deleted, False if there was none. Safe to repeat."""
    body = {"keys": ids}
    answer = calls.http.call("POST", "/key/delete", body=body, repeatable=True)
    if answer.status == 404 and answer.body != _WRONG_PATH and not answer.is_html:
        calls.fail_if_database_is_down()
        return False
    refuse_nonsense(answer, calls.url)
    if answer.status != 200:
        raise_for(answer, calls.url, f"revoking {handle.alias}")
    calls.parse(bodies.Deleted, answer)
    return True


def _take(calls: Calls, handle: Handle) -> bool:
    """Takes the alias with a key that is dead at birth: aliases are unique, so a late mint fails.

    False when the alias is taken already: the mint has arrived meanwhile, or an earlier try did it.
    """
    body = {
        "team_id": handle.team_id,
        "key_alias": handle.alias,
        "duration": "1s",
        "max_budget": 0,
        "models": ["no-default-models"],
        "key_type": "llm_api",
        **({"user_id": handle.user_id} if handle.user_id else {}),
    }
    answer = calls.post("/key/generate", body)
    if answer.status == 400 and "already exists" in answer.text:
        return False
    if answer.status != 200:
        raise_for(answer, calls.url, f"taking the alias {handle.alias}")
    return True


def mint_body(request: KeyRequest) -> dict[str, Any]:
    """No `budget_duration`: it would renew the cap within the key's life."""
    body: dict[str, Any] = {
        "team_id": request.team_id,
        "key_alias": request.alias,
        "key_type": "llm_api",
        "models": list(request.models),
        "max_budget": request.cap,
        "duration": compact(request.ttl),
        "metadata": {"tags": list(request.tags), "ci_tokengate": dict(request.attribution)},
    }
    if request.route:
        body["aliases"] = dict(request.route)
    if request.user_id:
        body["user_id"] = request.user_id
    if request.parallel_requests:
        body["max_parallel_requests"] = request.parallel_requests
    return body


def _record(key: bodies.ListedKey) -> KeyRecord:
    about = (key.metadata or {}).get("ci_tokengate")
    return KeyRecord(
        id=key.token,
        alias=key.key_alias or "",
        team_id=key.team_id or "",
        cap=key.max_budget,
        spend=key.spend or Decimal(0),
        created_at=key.created_at,
        expires_at=key.expires,
        blocked=bool(key.blocked),
        workflow=str(about.get("workflow") or "") if isinstance(about, dict) else "",
        revoked_at=key.deleted_at,
    )
