"""Months as the ledger names them: `2026-10`, of local days."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ci_tokengate.errors import UsageError

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def month_of(day: date) -> str:
    return f"{day:%Y-%m}" if day.year > 999 else f"{day.year:04}-{day.month:02}"


def month_days(month: str) -> tuple[date, date]:
    """Its first day, and the first day after it. Raises UsageError for what is no month."""
    found = _MONTH.fullmatch(month)
    if not found or not 1 <= int(found[1]) <= 9998:
        raise UsageError(f"{month[:40]!r} is not a month.", hint="Write it as 2026-10.")
    year, number = int(found[1]), int(found[2])
    return date(year, number, 1), date(year + number // 12, number % 12 + 1, 1)


def zone_named(name: str) -> ZoneInfo:
    """Raises UsageError for a name that the zone database does not have."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of the database
        raise UsageError(
            f"There is no time zone {name[:40]!r}.", hint="Use an IANA name, such as Europe/Berlin."
        ) from None
