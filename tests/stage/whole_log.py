"""A proxy with a long log of many keys over some days, as `collect` reads it: made as fast as it is sent.

Rows have a real row's size and say how they came to their spend. What it takes to answer is next to
nothing, so that the client's own time and memory can be measured.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from ci_tokengate.sandbox.listen import listener_on, serving

PRICE = Decimal("0.007275")
_COUNTED = 10_000
_SIZE = 10_500
"""Bytes of a row of LiteLLM 1.106.2, most of which are its model's entry in the price map."""
_DAY = timedelta(days=1)


@dataclass
class WholeLog:
    """`rows` in all, evenly over the `days` before today; every `a_key` rows in a row are one key's."""

    rows: int
    days: int = 10
    a_key: int = 20
    url: str = ""
    pages: int = 0

    def __post_init__(self) -> None:
        midnight = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        self.begin = midnight - self.days * _DAY
        self.step = self.days * _DAY / self.rows
        self._parts = _template()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = {k: v[0] for k, v in parse_qs(scope["query_string"].decode()).items()}
        answers: dict[str, Callable[[dict[str, str]], bytes]] = {
            "/spend/logs/v2": self.page,
            "/key/list": self.keys,
            "/v2/team/list": lambda _: _TEAMS,
            "/team/daily/activity": self.activity,
        }
        body = answers[scope["path"]](query)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def page(self, query: dict[str, str]) -> bytes:
        """A period holds the row of its very end, as the real one does."""
        self.pages += 1
        size, page = int(query["page_size"]), int(query["page"])
        begin = self._first_from(query["start_date"])
        end = self._first_from(query["end_date"])
        end += end < self.rows and self._at(end) == _moment(query["end_date"])
        first = begin + (page - 1) * size
        rows = (self._row(number) for number in range(first, min(end, first + size)))
        counted = min(max(end - begin, 0), _COUNTED)
        return b'{"data": [' + b", ".join(rows) + b'], "total": %d, "page": 1}' % counted

    def keys(self, query: dict[str, str]) -> bytes:
        """All are deleted, the newest first."""
        count = math.ceil(self.rows / self.a_key) if query.get("status") == "deleted" else 0
        size, page = int(query["size"]), int(query["page"])
        first = count - (page - 1) * size
        found = [self._key(number) for number in range(first - 1, max(first - size, 0) - 1, -1)]
        return json.dumps({"keys": found, "total_pages": math.ceil(count / size)}).encode()

    def activity(self, query: dict[str, str]) -> bytes:
        begin = self._first_from(f"{query['start_date']} 00:00:00")
        rows = self._first_from(f"{query['start_date']} 23:59:59.999999") - begin
        team = {"metrics": {"spend": float(PRICE * rows)}}
        day = {"date": query["start_date"], "breakdown": {"entities": {"payments-squad": team}}}
        return json.dumps({"results": [day], "metadata": {"total_pages": 1}}).encode()

    def _key(self, number: int) -> dict[str, object]:
        made = self._at(number * self.a_key)
        about = {
            "repository": "acme/shop",
            "pull_request": number % 997,
            "cost_center": "ENGG-PAYMENTS",
        }
        return {
            "token": _key_id(number).decode(),
            "key_alias": _alias(number).decode(),
            "team_id": "payments-squad",
            "user_id": "ci-minter",
            "created_at": made.isoformat(),
            "deleted_at": (made + timedelta(hours=1)).isoformat(),
            "metadata": {"ci_tokengate": about},
            "models": ["claude-sonnet"] * 20,
        }

    def _row(self, number: int) -> bytes:
        key = number // self.a_key
        stamp = self._at(number).isoformat(timespec="milliseconds").encode()
        values = (b"%d" % number, stamp, _key_id(key), _alias(key))
        return (
            b"".join(p for pair in zip(self._parts, values, strict=False) for p in pair)
            + (self._parts[-1])
        )

    def _at(self, number: int) -> datetime:
        return self.begin + number * self.step

    def _first_from(self, moment: str) -> int:
        """The first row at or after that moment."""
        found = math.ceil((_moment(moment) - self.begin) / self.step)
        return min(max(found, 0), self.rows)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def _key_id(number: int) -> bytes:
    return b"%064x" % (number + 1)


def _alias(number: int) -> bytes:
    return b"tokengate:acme/shop#%d:%d.1:review:code-review:ab12" % (number % 997, number)


_TEAMS = json.dumps(
    {
        "teams": [{"team_id": "payments-squad", "team_alias": "payments", "spend": 1.5}],
        "total_pages": 1,
    }
).encode()


def _template() -> list[bytes]:
    prices: dict[str, object] = {
        "input_cost_per_token": 3e-06,
        "output_cost_per_token": 1.5e-05,
        "cache_read_input_token_cost": 3e-07,
        "cache_creation_input_token_cost": 3.75e-06,
    }
    row = {
        "request_id": "msg_@1@",
        "call_type": "anthropic_messages",
        "spend": float(PRICE),
        "prompt_tokens": 1800,
        "completion_tokens": 200,
        "startTime": "@2@",
        "model": "anthropic/claude-sonnet-4-5-20250929",
        "model_group": "claude-sonnet",
        "status": "success",
        "cache_hit": "None",
        "team_id": "payments-squad",
        "api_key": "@3@",
        "request_tags": ["pr:acme/shop#12", "use_case:code-review"],
        "metadata": {
            "user_api_key_alias": "@4@",
            "usage_object": {"cache_read_input_tokens": 500, "cache_creation_input_tokens": 300},
            "error_information": None,
            "cost_breakdown": {
                "input_cost": 0.004275,
                "total_cost": 0.007275,
                "output_cost": 0.003,
                "original_cost": 0.007275,
                "cache_read_cost": 0.00015,
                "cache_creation_cost": 0.0011250000000000001,
                "tool_usage_cost": 0,
                "discount_amount": 0,
                "margin_total_amount": 0,
            },
            "model_map_information": {"model_map_key": "sonnet", "model_map_value": prices},
        },
    }
    while len(json.dumps(row)) < _SIZE:
        name = f"input_cost_per_token_above_{len(prices)}_tokens"
        prices[name] = None if len(prices) % 3 else 1e-6
    text = json.dumps(row)
    parts = []
    for number in range(1, 5):
        head, _, text = text.partition(f"@{number}@")
        parts.append(head.encode())
    return [*parts, text.encode()]


@contextmanager
def whole_log(rows: int, *, days: int = 10) -> Iterator[WholeLog]:
    log = WholeLog(rows, days=days)
    with listener_on(0) as listener, serving(log, listener, name="whole log"):
        log.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield log
