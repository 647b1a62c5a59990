"""How long to wait before the next try."""

from __future__ import annotations

import random
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime


def backoff(attempt: int) -> float:
    """Half a second, then one, with jitter."""
    return 0.5 * attempt * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret


def asked(retry_after: str) -> float | None:
    """Seconds of `Retry-After`, which is a number or a date; None where it says nothing usable.

    Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return max((aware - datetime.now(timezone.utc)).total_seconds(), 0.0)
