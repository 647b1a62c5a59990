"""Days of spend in a sandbox's log, as job keys of the past have left them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

from ci_tokengate.sandbox.serve import Sandbox
from ci_tokengate.sandbox.state import Row, hashed
from tests.stage.reading import ROUTES as EVERY
from tests.stage.reading import make_reading_key

ROUTES = tuple(route for route in EVERY if route != "/v2/model/info")
_NUMBERS = count(1)


def reader(sandbox: Sandbox, routes: tuple[str, ...] = ROUTES) -> None:
    """The reading key, as docs/collect.md makes it."""
    make_reading_key(sandbox.state, routes)


def alias(
    pull: int | str = 42, run: str = "9001.1", job: str = "review", repository: str = "acme/shop"
) -> str:
    return f"tokengate:{repository}#{pull}:{run}:{job}:code-review:{next(_NUMBERS):08x}"


def spend(
    sandbox: Sandbox,
    team: str,
    at: datetime,
    usd: str,
    *,
    name: str = "",
    model: str = "claude-sonnet",
) -> None:
    """One call of a key with that alias."""
    number = next(_NUMBERS)
    key = hashed(name or f"key-{number}")
    row = Row(
        token=key,
        start=at,
        spend=Decimal(usd),
        fields={
            "request_id": f"past-{number}",
            "call_type": "anthropic_messages",
            "cache_hit": "None",
            "start": at,
            "end": at + timedelta(seconds=2),
            "user": "ci-minter",
            "team_id": team,
            "end_user": "",
            "model": f"anthropic/{model}",
            "model_group": model,
            "custom_llm_provider": "anthropic",
            "total_tokens": 110,
            "prompt_tokens": 100,
            "completion_tokens": 10,
            "status": "success",
            "request_tags": [],
        },
        metadata={
            "user_api_key": key,
            "user_api_key_alias": name or None,
            "user_api_key_team_id": team,
            "user_api_key_user_id": "ci-minter",
            "spend_logs_metadata": None,
            "status": None,
            "usage_object": {},
            "error_information": None,
            "cost_breakdown": None,
            "model_map_information": None,
        },
    )
    with sandbox.state.lock:
        sandbox.state.rows.append(row)


def at_midnight(now: datetime) -> datetime:
    """A moment of the UTC day that is going on, whenever that began."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def week(
    sandbox: Sandbox, team: str, now: datetime, usd: str, *, repository: str = "acme/shop"
) -> None:
    """So much on each of the days before."""
    for back in range(1, 8):
        at = now.replace(hour=9, minute=0) - timedelta(days=back)
        name = alias(100 + back, f"{8000 + back}.1", repository=repository)
        spend(sandbox, team, at, usd, name=name)
