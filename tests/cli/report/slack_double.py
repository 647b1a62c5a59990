"""Slack's end of an incoming webhook: it takes what Slack takes, and refuses as Slack does.

Source: https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks and
https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ci_tokengate.sandbox.listen import listener_on, serving

SECRET = "T0CANARY/B0CANARY/CanaryOfTheWebhook01"


@dataclass
class Slack:
    """`answers` are given in turn, and then `ok`: status, text, headers."""

    answers: list[tuple[int, str, Mapping[str, str]]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def hook(self, request: Request) -> Response:
        if self.answers:
            status, text, headers = self.answers.pop(0)
            return PlainTextResponse(text, status, dict(headers))
        if not request.url.path.endswith(SECRET):
            return PlainTextResponse("no_service", 404)
        body = json.loads(await request.body())
        wrong = refusal(body)
        if wrong:
            return PlainTextResponse(wrong, 400)
        self.messages.append(body)
        return PlainTextResponse("ok")


def refusal(body: Any) -> str:
    """Empty for a message that Slack would take."""
    if not isinstance(body, dict) or not body.get("text"):
        return "no_text"
    blocks = body.get("blocks", [])
    if len(blocks) > 50 or not all(map(_fine, blocks)):
        return "invalid_blocks"
    return ""


def _fine(block: Mapping[str, Any]) -> bool:
    kind = block["type"]
    if kind == "header":
        text = block["text"]
        return text["type"] == "plain_text" and 0 < len(text["text"]) <= 150
    if kind == "section":
        fields = block.get("fields", [])
        one = [block["text"]] if "text" in block else []
        return (
            bool(one or fields)
            and len(fields) <= 10
            and all(_text(t, 3000) for t in one)
            and all(_text(t, 2000) for t in fields)
        )
    if kind == "context":
        return 0 < len(block["elements"]) <= 10 and all(_text(t, 3000) for t in block["elements"])
    return False


def _text(text: Mapping[str, Any], longest: int) -> bool:
    return text["type"] == "mrkdwn" and 0 < len(text["text"]) <= longest


@contextmanager
def running_slack() -> Iterator[Slack]:
    slack = Slack()
    app = Starlette(routes=[Route("/{path:path}", slack.hook, methods=["POST"])])
    with listener_on(0) as listener, serving(app, listener, name="slack"):
        slack.url = f"http://127.0.0.1:{listener.getsockname()[1]}/services/{SECRET}"
        yield slack
