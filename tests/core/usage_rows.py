"""Rows and keys of a pull request, for tests of what adds them up."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.usage import UsageRow
from tests.fakes import NOW

REPOSITORY = "acme/shop"


def an_alias(
    use_case: str = "review", *, scope: str = "12", run: str = "777", nonce: str = "ab12"
) -> str:
    return f"tokengate:{REPOSITORY}#{scope}:{run}.1:job:{use_case}:{nonce}"


def a_row(spend: str = "0.5", **changes: Any) -> UsageRow:
    """A call that was answered, a minute before NOW."""
    given: dict[str, Any] = {
        "key_id": "id-1",
        "alias": an_alias(),
        "model": "claude-sonnet",
        "provider_model": "anthropic/claude-sonnet-4-5-20250929",
        "call_type": "anthropic_messages",
        "spend": Decimal(spend),
        "started_at": NOW - timedelta(minutes=1),
        "input_tokens": 100,
        "output_tokens": 20,
        "cache_read_tokens": 30,
        "cache_write_tokens": 10,
    }
    return UsageRow(**(given | changes))


def a_key(key_id: str = "id-1", alias: str = "", **changes: Any) -> KeyRecord:
    """A key that was minted an hour before NOW and would have lived another hour."""
    given: dict[str, Any] = {
        "id": key_id,
        "alias": alias or an_alias(),
        "team_id": "payments-squad",
        "cap": Decimal(2),
        "spend": Decimal(0),
        "created_at": NOW - timedelta(hours=1),
        "expires_at": NOW + timedelta(hours=1),
    }
    return KeyRecord(**(given | changes))


def before(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)
