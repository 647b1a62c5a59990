"""A proxy that has nothing but a long log: pages of a real row's size, made as fast as they are sent.

Ten rows a second of one job key, whose job is long over. What it takes to answer is next to
nothing, so that a client's own time and memory can be measured.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from ci_tokengate.sandbox.listen import listener_on, serving

ALIAS = "tokengate:acme/shop#12:777.1:review:code-review:ab12"
PRICE = Decimal("0.00014125000000000002")
_KEY = "5f" * 32
_A_SECOND = 10
_COUNTED = 10_000
_SIZE = 10_500
"""Bytes of a row of LiteLLM 1.106.2, most of which are its model's entry in the price map."""


@dataclass
class LongLog:
    """`rows` in all, from yesterday on; a page's rows differ in id and time only."""

    rows: int
    url: str = ""
    pages: int = 0

    def __post_init__(self) -> None:
        self.begin = (datetime.now(timezone.utc) - timedelta(days=1)).replace(microsecond=0)
        self._head, self._middle, self._tail = _template()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = {k: v[0] for k, v in parse_qs(scope["query_string"].decode()).items()}
        answers: dict[str, Callable[[dict[str, str]], bytes]] = {
            "/spend/logs/v2": self.page,
            "/key/list": self.keys,
            "/health/readiness": lambda _: b'{"status": "healthy", "db": "connected"}',
        }
        body = answers[scope["path"]](query)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def keys(self, query: dict[str, str]) -> bytes:
        end = self.begin + timedelta(seconds=self.rows / _A_SECOND)
        key = {
            "token": _KEY,
            "key_alias": ALIAS,
            "max_budget": 2,
            "spend": 0,
            "created_at": self.begin.isoformat(),
            "deleted_at": end.isoformat(),
        }
        found = [key] if query.get("status") == "deleted" else []
        return json.dumps({"keys": found, "total_pages": 1}).encode()

    def page(self, query: dict[str, str]) -> bytes:
        self.pages += 1
        size, page = int(query["page_size"]), int(query["page"])
        begin = max(self._row_at(query["start_date"]), 0)
        end = min(self._row_at(query["end_date"]) + 1, self.rows)
        first = begin + (page - 1) * size
        rows = (self._row(number) for number in range(first, min(end, first + size)))
        counted = min(max(end - begin, 0), _COUNTED)
        return b'{"data": [' + b", ".join(rows) + b'], "total": %d, "page": 1}' % counted

    def _row(self, number: int) -> bytes:
        at = self.begin + timedelta(milliseconds=1000 // _A_SECOND * number)
        stamp = at.isoformat(timespec="milliseconds").encode()
        return self._head + b"%d" % number + self._middle + stamp + self._tail

    def _row_at(self, moment: str) -> int:
        """The first row of that second."""
        seconds = (datetime.fromisoformat(moment + "+00:00") - self.begin).total_seconds()
        return int(seconds * _A_SECOND)


def _template() -> tuple[bytes, bytes, bytes]:
    row = {
        "request_id": "msg_@ID@",
        "call_type": "anthropic_messages",
        "api_key": _KEY,
        "spend": float(PRICE),
        "prompt_tokens": 1000,
        "completion_tokens": 50,
        "startTime": "@TIME@",
        "model": "anthropic/claude-sonnet-4-5-20250929",
        "model_group": "claude-sonnet",
        "status": "success",
        "cache_hit": "None",
        "team_id": "payments-squad",
        "request_tags": ["pr:acme/shop#12", "use_case:code-review"],
        "metadata": {
            "user_api_key_alias": ALIAS,
            "usage_object": {"cache_read_input_tokens": 500, "cache_creation_input_tokens": 0},
            "error_information": None,
            "model_map_information": {},
        },
    }
    prices: dict[str, object] = row["metadata"]["model_map_information"]  # type: ignore[index]
    while len(json.dumps(row)) < _SIZE:
        prices[f"input_cost_per_token_above_{len(prices)}_tokens"] = (
            None if len(prices) % 3 else 1e-6
        )
    head, _, rest = json.dumps(row).partition("@ID@")
    middle, _, tail = rest.partition("@TIME@")
    return head.encode(), middle.encode(), tail.encode()


@contextmanager
def long_log(rows: int) -> Iterator[LongLog]:
    log = LongLog(rows)
    with listener_on(0) as listener, serving(log, listener, name="long log"):
        log.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield log
