"""Job keys at OpenRouter: listed, minted, ended.

A key is ended by disabling it: deleted, it would take its usage along. What ended long ago is deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from ci_tokengate.adapters.http import NeverSentError, NoAnswerError
from ci_tokengate.adapters.proxies.openrouter import bodies
from ci_tokengate.adapters.proxies.openrouter.calls import error_for, message_of
from ci_tokengate.adapters.proxies.openrouter.capabilities import CAPABILITIES
from ci_tokengate.adapters.proxies.rest import Rest, where
from ci_tokengate.core.keys import JobKey, KeyRecord, KeyRequest
from ci_tokengate.errors import DeadlineError
from ci_tokengate.ports import Clock, LostAnswer

PATH = "/keys"
DEFAULT = "default"
"""The team id of the account's default workspace."""
_A_PAGE = 100
_KEPT = (CAPABILITIES.remembers or timedelta(0)) + timedelta(days=5)


def listed(calls: Rest, workspace: str = "") -> Iterator[bodies.Key]:
    """All, disabled ones included, the newest first; a key that moves between pages comes once."""
    seen: set[str] = set()
    while True:
        params = {"include_disabled": "true", "offset": str(len(seen))}
        if workspace not in ("", DEFAULT):
            params["workspace_id"] = workspace
        found = calls.parse(bodies.Keys, calls.get(PATH, params)).data
        new = [key for key in found if key.hash not in seen]
        yield from new
        seen |= {key.hash for key in new}
        if len(found) < _A_PAGE or not new:
            return


def ended(key: bodies.Key) -> datetime | None:
    """When a disabled key was disabled, or an expired one expired."""
    return key.updated_at if key.disabled else key.expires_at


def long_over(key: bodies.Key, now: datetime) -> bool:
    end = ended(key)
    return end is not None and end < now - _KEPT


def record(key: bodies.Key) -> KeyRecord:
    return KeyRecord(
        id=key.hash,
        alias=key.name,
        team_id=key.workspace_id or DEFAULT,
        cap=key.limit,
        spend=key.spent,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=(key.updated_at or key.created_at) if key.disabled else None,
    )


def mint(calls: Rest, request: KeyRequest, clock: Clock) -> JobKey:
    """Sent once, never repeated. Raises LostAnswer where a key may exist all the same."""
    calls.http.deadline.check("minting a key")
    try:
        answer = calls.http.call("POST", PATH, body=mint_body(request, clock), repeatable=False)
    except NeverSentError:
        raise
    except (NoAnswerError, DeadlineError) as error:
        raise LostAnswer(str(error)) from error
    if answer.status >= 500:
        raise LostAnswer(f"HTTP {answer.status} {message_of(answer)}".strip())
    if answer.status < 300 and answer.body is None:
        raise LostAnswer("an answer that is not whole JSON")
    calls.refuse_strangers(answer)
    if answer.status not in (200, 201):
        raise error_for(answer, "minting a key")
    try:
        made = bodies.Made.model_validate(answer.body)
    except ValidationError as error:
        raise LostAnswer(f"an answer without a key ({where(error)})") from error
    return JobKey(
        key=made.key,
        id=made.data.hash,
        alias=request.alias,
        cap=request.cap if made.data.limit is None else made.data.limit,
        expires_at=made.data.expires_at or _end(request, clock),
    )


def mint_body(request: KeyRequest, clock: Clock) -> dict[str, Any]:
    """No `limit_reset`: it would renew the cap within the key's life."""
    body: dict[str, Any] = {
        "name": request.alias,
        "limit": request.cap,
        "include_byok_in_limit": True,
        "expires_at": f"{_end(request, clock):%Y-%m-%dT%H:%M:%SZ}",
    }
    if request.team_id != DEFAULT:
        body["workspace_id"] = request.team_id
    return body


def _end(request: KeyRequest, clock: Clock) -> datetime:
    return (clock.now() + request.ttl).replace(microsecond=0)


def find(calls: Rest, key_id: str) -> bodies.Key | None:
    answer = calls.get(f"{PATH}/{key_id}", allow=(404,))
    return None if answer.status == 404 else calls.parse(bodies.One, answer).data


def end(calls: Rest, key: bodies.Key, now: datetime) -> bool:
    """True if it could still spend."""
    if long_over(key, now):
        calls.ask("DELETE", f"{PATH}/{key.hash}", allow=(404,), doing="deleting an old job key")
        return True
    if key.disabled:
        return False
    answer = calls.ask(
        "PATCH",
        f"{PATH}/{key.hash}",
        body={"disabled": True},
        allow=(404,),
        doing="revoking a job key",
    )
    return answer.status != 404
