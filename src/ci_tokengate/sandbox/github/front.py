"""What stands before every route: the log, the rate limit's headers, and what was planned to go wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ci_tokengate.sandbox.github.app import BASE, identify
from ci_tokengate.sandbox.github.faults import Fault
from ci_tokengate.sandbox.github.refusals import Refusal
from ci_tokengate.sandbox.github.state import Asked, GitHubState

ABORT = "tokengate.abort"
"""In the scope: ends the connection without an answer."""


class Front:
    def __init__(self, app: ASGIApp, state: GitHubState) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = await Request(scope, receive).body()
        path = scope["path"].removeprefix(BASE)
        with self._state.lock:
            asked = self._note(scope, path, raw)
            fault = self._state.faults.take(asked.method, path)
            rate = self._rate(asked, path, fault)
        answered = _Answer(asked, rate)
        if fault is None or fault.after:
            await self._app(scope, _again(raw, receive), answered.keep)
        if fault is not None:
            await _wait(fault)
            if fault.drop:
                scope[ABORT]()
                return
            if fault.status is not None:
                answered = _Answer(asked, rate)
                headers = {**fault.headers, "content-type": fault.media}
                response = Response(fault.body, fault.status, headers)
                await response(scope, receive, answered.keep)
            elif not fault.after:
                await self._app(scope, _again(raw, receive), answered.keep)
        await answered.give(send)

    def _note(self, scope: Scope, path: str, raw: bytes) -> Asked:
        try:
            who = identify(self._state, Headers(scope=scope).get("authorization", ""))
        except Refusal:
            who = None
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = raw
        asked = Asked(
            method=scope["method"],
            path=path,
            query=dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
            login=who.login if who else None,
            body=body,
        )
        self._state.log.append(asked)
        return asked

    def _rate(self, asked: Asked, path: str, fault: Fault | None) -> Mapping[str, str]:
        who = asked.login or ""
        if path != "/rate_limit":
            self._state.used[who] = self._state.used.get(who, 0) + 1
        rate = self._state.rate(asked.login)
        if fault is not None and fault.reset_in is not None:
            reset = int((self._state.now() + fault.reset_in).timestamp())
            rate |= {"remaining": 0, "used": rate["limit"], "reset": reset}
        headers = {f"x-ratelimit-{name}": str(value) for name, value in rate.items()}
        kind = "graphql" if path == "/api/graphql" else "core"
        return headers | {"x-ratelimit-resource": kind, "x-github-request-id": "0400:1A2B3C:4D5E6F"}


class _Answer:
    """An answer that is not sent yet."""

    def __init__(self, asked: Asked, headers: Mapping[str, str]) -> None:
        self._asked, self._headers = asked, headers
        self._messages: list[Message] = []

    async def keep(self, message: Message) -> None:
        self._messages.append(message)

    async def give(self, send: Send) -> None:
        for message in self._messages:
            if message["type"] == "http.response.start":
                self._asked.status = message["status"]
                more = [(k.encode(), v.encode()) for k, v in self._headers.items()]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)


async def _wait(fault: Fault) -> None:
    """A held answer is looked after often enough, and for a minute at most."""
    if fault.delay:
        await asyncio.sleep(fault.delay)
    for _ in range(12_000):
        if fault.hold is None or fault.hold.is_set():
            return
        await asyncio.sleep(0.005)


def _again(raw: bytes, receive: Receive) -> Receive:
    """The body once more, for whoever comes next."""
    first = True

    async def replay() -> Message:
        nonlocal first
        if not first:
            return await receive()
        first = False
        return {"type": "http.request", "body": raw, "more_body": False}

    return replay
