"""Job keys at Portkey: listed, minted, revoked. A name is not unique there, and nothing is listed by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from ci_tokengate.adapters.http import NeverSentError, NoAnswerError
from ci_tokengate.adapters.proxies.body import first_complaint
from ci_tokengate.adapters.proxies.loose import TO_END
from ci_tokengate.adapters.proxies.portkey import bodies, labels
from ci_tokengate.adapters.proxies.portkey.errors import error_for, message_of
from ci_tokengate.adapters.proxies.portkey.held import check_held
from ci_tokengate.adapters.proxies.portkey.money import credit_limit
from ci_tokengate.adapters.proxies.portkey.pages import every
from ci_tokengate.adapters.proxies.rest import Rest
from ci_tokengate.core.keys import JobKey, KeyRecord, KeyRequest
from ci_tokengate.errors import DeadlineError, TokengateError
from ci_tokengate.ports import Clock, LostAnswer

PATH = "/api-keys"
_MAYBE = (408, 409)
"""Statuses of a mint that may have taken effect, besides those of a server that failed."""
SCOPES = ("completions.write",)


def listed(calls: Rest, workspace: str = "") -> Iterator[bodies.ApiKey]:
    """All that the credential sees."""
    of = {"workspace_id": workspace} if workspace else {}

    def page(params: Mapping[str, str]) -> tuple[list[bodies.ApiKey], int | None]:
        found = calls.parse(bodies.ApiKeys, calls.get(PATH, {**params, **of}))
        return found.data, found.total

    return every(page, lambda key: key.id)


def record(key: bodies.ApiKey, spend: Decimal = Decimal(0)) -> KeyRecord:
    """The alias is its id for us: it is what analytics know a key by once it is deleted. Money in USD."""
    limits = key.usage_limits
    cap = limits.credit_limit if limits and limits.type in (None, "cost") else None
    about = (key.defaults.metadata if key.defaults else None) or {}
    return KeyRecord(
        id=key.name,
        alias=key.name,
        team_id=key.workspace_id or "",
        cap=cap,
        spend=max(spend, cap) if key.status == "exhausted" and cap is not None else spend,
        created_at=key.created_at,
        expires_at=key.expires_at,
        workflow=str(about.get("tokengate_workflow") or ""),
    )


def mint(calls: Rest, request: KeyRequest, clock: Clock) -> tuple[JobKey, str]:
    """The key and Portkey's id of it. Sent once, never repeated.

    Raises LostAnswer where a key may exist all the same; also where its name is taken, which only an earlier
    sending of the very same request can have done. One that Portkey does not hold to the request is ended.
    """
    body, ends = mint_body(request, clock), _end(request.ttl, clock)
    calls.http.deadline.check("minting a key")
    try:
        answer = calls.http.call("POST", f"{PATH}/workspace/service", body=body, repeatable=False)
    except NeverSentError:
        raise
    except (NoAnswerError, DeadlineError) as error:
        raise LostAnswer(str(error)) from error
    if answer.status >= 500 or answer.status in _MAYBE:
        raise LostAnswer(f"HTTP {answer.status} {message_of(answer)}".strip())
    if answer.status < 300 and answer.body is None:
        raise LostAnswer("an answer that is not whole JSON")
    calls.refuse_nonsense(answer)
    if answer.status >= 300:
        raise error_for(answer, f"minting a key for workspace {request.team_id}")
    try:
        made = bodies.Made.model_validate(answer.body)
    except ValidationError as error:
        raise LostAnswer(f"an answer without a key ({first_complaint(error)})") from error
    _check_held(calls, made.id, body, ends)
    key = JobKey(
        key=made.key,
        id=request.alias,
        alias=request.alias,
        cap=Decimal(body["usage_limits"]["credit_limit"]),
        expires_at=ends,
    )
    return key, made.id


def _check_held(calls: Rest, key_id: str, sent: Mapping[str, Any], ends: datetime) -> None:
    try:
        answer = calls.get(f"{PATH}/{key_id}", allow=(404,))
        if answer.status == 404:
            raise LostAnswer("the key that it has just minted is not known to it")
        check_held(calls.parse(bodies.ApiKey, answer), sent, ends)
    except TokengateError as error:
        try:
            with calls.http.at_least(TO_END):
                delete(calls, key_id)
        except TokengateError as trouble:
            raise LostAnswer(f"{error.message} Ending it failed, too: {trouble.message}") from error
        raise


def mint_body(request: KeyRequest, clock: Clock) -> dict[str, Any]:
    """No `periodic_reset`: it would renew the cap within the key's life."""
    cap = credit_limit(request.cap)
    defaults: dict[str, Any] = {
        "metadata": labels.metadata(request, Decimal(cap)),
        "allow_config_override": False,
    }
    if request.config:
        defaults["config_id"] = request.config
    body: dict[str, Any] = {
        "name": request.alias,
        "description": "A job key of ci-tokengate",
        "workspace_id": request.team_id,
        "scopes": list(SCOPES),
        "expires_at": f"{_end(request.ttl, clock):%Y-%m-%dT%H:%M:%SZ}",
        "usage_limits": {"type": "cost", "credit_limit": cap},
        "defaults": defaults,
    }
    if request.requests_per_minute:
        limit = {"type": "requests", "unit": "rpm", "value": request.requests_per_minute}
        body["rate_limits"] = [limit]
    return body


def _end(ttl: timedelta, clock: Clock) -> datetime:
    return (clock.now() + ttl).astimezone(timezone.utc).replace(microsecond=0)


def delete(calls: Rest, key_id: str) -> bool:
    """True if it was there. Safe to repeat. `key_id` is Portkey's."""
    answer = calls.ask("DELETE", f"{PATH}/{key_id}", allow=(404,), doing="revoking a job key")
    return answer.status != 404
