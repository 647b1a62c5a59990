"""What job keys spent: by key at once, by model when the UTC day is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timezone
from decimal import Decimal

from ci_tokengate.adapters.proxies.openrouter import bodies
from ci_tokengate.adapters.proxies.openrouter.keys import DEFAULT
from ci_tokengate.adapters.proxies.rest import Rest
from ci_tokengate.core.usage import UsageRow

NOTHING = Decimal(0)
UNTOLD = "told when the day is over"
"""In place of a model's name: what a key spent on days that OpenRouter has not summed up yet."""


def rows(calls: Rest, key: bodies.Key, now: datetime) -> Iterator[UsageRow]:
    """They add up to what the key itself says: what its days do not tell yet is a row of its own."""
    left = key.spent
    for row in of_days(calls, key, now):
        left -= row.spend
        yield row
    if left > 0:
        yield _row(key, UNTOLD, spend=left, started_at=min(now, key.updated_at or now), told=False)


def of_days(
    calls: Rest, key: bodies.Key, now: datetime, day: date | None = None
) -> Iterator[UsageRow]:
    """Of one day that is over, or of all of the last thirty."""
    if key.created_at is not None and key.created_at.date() >= now.date():
        return
    params = {"api_key_hash": key.hash, **({"date": f"{day}"} if day else {})}
    for each in calls.parse(bodies.Activities, calls.get("/activity", params)).data:
        yield _row(
            key,
            each.model,
            spend=each.spent,
            started_at=datetime.combine(each.date, time(), timezone.utc),
            calls=max(int(each.requests), 1),
            provider_model=each.model_permaslug or each.model,
            input_tokens=int(each.prompt_tokens),
            output_tokens=int(each.completion_tokens),
        )


def _row(key: bodies.Key, model: str, **more: object) -> UsageRow:
    return UsageRow(
        key_id=key.hash,
        alias=key.name,
        model=model,
        call_type="",
        team_id=key.workspace_id or DEFAULT,
        **more,  # type: ignore[arg-type]
    )
