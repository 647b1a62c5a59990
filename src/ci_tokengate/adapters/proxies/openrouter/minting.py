"""One mint at OpenRouter: the request, and whether its answer is the key that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NoReturn

from pydantic import ValidationError

from ci_tokengate.adapters.http import NeverSentError, NoAnswerError
from ci_tokengate.adapters.proxies.body import first_complaint
from ci_tokengate.adapters.proxies.loose import TO_END, looseness, refuse
from ci_tokengate.adapters.proxies.openrouter import bodies, keys
from ci_tokengate.adapters.proxies.openrouter.calls import error_for, message_of
from ci_tokengate.adapters.proxies.rest import Rest
from ci_tokengate.core.keys import JobKey, KeyRequest
from ci_tokengate.errors import DeadlineError
from ci_tokengate.ports import Clock, LostAnswer

_HINT = (
    "There is never a key without a cap and an end: "
    "`ci-tokengate doctor --live` tells what is otherwise."
)


def mint(calls: Rest, request: KeyRequest, clock: Clock) -> JobKey:
    """Sent once, never repeated.

    Raises LostAnswer where a key may exist all the same. One that may do more than was asked for is ended.
    """
    calls.http.deadline.check("minting a key")
    try:
        answer = calls.http.call(
            "POST", keys.PATH, body=mint_body(request, clock), repeatable=False
        )
    except NeverSentError:
        raise
    except (NoAnswerError, DeadlineError) as error:
        raise LostAnswer(str(error)) from error
    if answer.status >= 500 or answer.status == 408:
        raise LostAnswer(f"HTTP {answer.status} {message_of(answer)}".strip())
    if answer.status < 300 and answer.body is None:
        raise LostAnswer("an answer that is not whole JSON")
    calls.refuse_nonsense(answer)
    if answer.status >= 300:
        raise error_for(answer, "minting a key")
    try:
        made = bodies.Made.model_validate(answer.body)
    except ValidationError as error:
        raise LostAnswer(f"an answer without a key ({first_complaint(error)})") from error
    limit, end = made.data.limit, made.data.expires_at
    loose = ", ".join(_loose(made.data, request, clock))
    if loose or limit is None or end is None:
        _end_it(calls, made.data, loose, clock)
    return JobKey(key=made.key, id=made.data.hash, alias=request.alias, cap=limit, expires_at=end)


def _end_it(calls: Rest, key: bodies.Key, loose: str, clock: Clock) -> NoReturn:
    def end() -> None:
        with calls.http.at_least(TO_END):
            keys.end(calls, key, clock.now())

    refuse("OpenRouter", loose, _HINT, end)


def _loose(key: bodies.Key, request: KeyRequest, clock: Clock) -> Iterator[str]:
    """By OpenRouter's own word."""
    return looseness(
        cap=key.limit,
        asked=request.cap,
        renewed=bool(key.limit_reset),
        ends=key.expires_at,
        latest=_end(request, clock),
        noun="limit",
    )


def mint_body(request: KeyRequest, clock: Clock) -> dict[str, Any]:
    """No `limit_reset`: it would renew the cap within the key's life."""
    body: dict[str, Any] = {
        "name": request.alias,
        "limit": request.cap,
        "include_byok_in_limit": True,
        "expires_at": f"{_end(request, clock):%Y-%m-%dT%H:%M:%SZ}",
    }
    if request.team_id != keys.DEFAULT:
        body["workspace_id"] = request.team_id
    return body


def _end(request: KeyRequest, clock: Clock) -> datetime:
    return (clock.now() + request.ttl).replace(microsecond=0)
