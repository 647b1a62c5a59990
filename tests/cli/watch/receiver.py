"""A receiver of the signed webhook, which checks it as docs/watch.md tells receivers to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ci_tokengate.sandbox.listen import listener_on, serving
from tests.docs.watch import verified

SECRET = "whsec-CanaryOfTheWebhook-0001"


@dataclass
class Receiver:
    """`answers` are given in turn, and then 204 for what is signed, 401 for what is not."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)

    async def hook(self, request: Request) -> Response:
        body = await request.body()
        if self.answers:
            return PlainTextResponse("no", self.answers.pop(0))
        header = request.headers.get("x-tokengate-signature", "")
        if not verified(SECRET, header, body, now=self.now().timestamp()):
            return PlainTextResponse("bad signature", 401)
        message = json.loads(body)
        assert request.headers["x-tokengate-delivery"] == message["id"]
        self.taken.append(message)
        return Response(status_code=204)


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    app = Starlette(routes=[Route("/{path:path}", receiver.hook, methods=["POST"])])
    with listener_on(0) as listener, serving(app, listener, name="receiver"):
        receiver.url = f"http://127.0.0.1:{listener.getsockname()[1]}/hooks/CanaryPath0001"
        yield receiver
