"""Job keys minted at the proxy."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from ci_tokengate.adapters.http import NeverSentError, NoAnswerError
from ci_tokengate.adapters.proxies.body import first_complaint
from ci_tokengate.adapters.proxies.litellm import bodies, keys
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.adapters.proxies.litellm.errors import message_of, raise_for, refuse_nonsense
from ci_tokengate.adapters.proxies.litellm.held import held
from ci_tokengate.adapters.proxies.loose import TO_END
from ci_tokengate.core.durations import compact
from ci_tokengate.core.keys import Handle, JobKey, KeyRequest
from ci_tokengate.errors import DeadlineError
from ci_tokengate.ports import Clock, LostAnswer


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
        raise LostAnswer(f"an answer without a key ({first_complaint(error)})") from error
    began = made.created_at or answer.date or clock.now()
    return held(calls, made, request, began, lambda: _end(calls, request, made.token))


def _end(calls: Calls, request: KeyRequest, key_id: str) -> None:
    with calls.http.at_least(TO_END):
        keys.revoke(calls, Handle(alias=request.alias, team_id=request.team_id, key_id=key_id))


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
