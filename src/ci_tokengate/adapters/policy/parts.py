"""What the sections of the policy file are made of: amounts, durations, names, moments."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from ci_tokengate.core.durations import parse_duration
from ci_tokengate.core.money import parse_usd
from ci_tokengate.errors import UsageError

_DAY_FIRST = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_A_DAY = len("2026-12-01")


def _usd(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError("not an amount in USD, such as 2.50")
    try:
        return parse_usd(format(value, "f") if isinstance(value, Decimal) else str(value), "this")
    except UsageError as error:
        raise ValueError(f"not an amount in USD, such as 2.50: {value}"[:80]) from error


def _duration(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a duration, such as 30m")
    try:
        parse_duration(value, "this")
    except UsageError as error:
        raise ValueError(f"not a duration, such as 90s, 30m or 1h: {value}"[:80]) from error
    return value


def _percent(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("not a number of percent, such as 80")
    return Decimal(value)


def _times(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not value > 1:
        raise ValueError("not a number above 1, such as 3")
    return Decimal(value)


def _moment(value: Any) -> date:
    """A day stays a day also in quotes: as a time it would end as it begins."""
    if isinstance(value, date):
        return value
    text = str(value)
    try:
        if not _DAY_FIRST.match(text):
            raise ValueError(text)
        if len(text) == _A_DAY:
            return date.fromisoformat(text)
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise ValueError(
            f"not a day or a time, such as 2026-12-01 or 2026-12-01T09:00+01:00: {value}"[:120]
        ) from error


def _zone(value: Any) -> str:
    try:
        return ZoneInfo(str(value)).key
    except (ValueError, OSError, LookupError) as error:  # what zoneinfo raises for odd names
        raise ValueError(f"not a time zone, such as Europe/Berlin or UTC: {value}"[:80]) from error


Usd = Annotated[
    Decimal,
    BeforeValidator(_usd),
    WithJsonSchema(
        {
            "description": "USD",
            "anyOf": [
                {"type": "number", "minimum": 0},
                {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,10})?$"},
            ],
        }
    ),
]
Cap = Annotated[Usd, Field(gt=0)]
Duration = Annotated[
    str,
    BeforeValidator(_duration),
    WithJsonSchema(
        {"description": "90s, 30m, 1h", "type": "string", "pattern": "^[0-9]{1,6}[smh]$"}
    ),
]
Percent = Annotated[
    Decimal,
    BeforeValidator(_percent),
    Field(gt=0, le=100_000),
    WithJsonSchema({"description": "percent of plan", "type": "number", "exclusiveMinimum": 0}),
]
Times = Annotated[
    Decimal,
    BeforeValidator(_times),
    Field(le=1000),
    WithJsonSchema({"description": "times the mean day", "type": "number", "exclusiveMinimum": 1}),
]
Moment = Annotated[
    date | datetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {
            "description": "A day of the policy's zone, or a time with an offset",
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$",
        }
    ),
]
Zone = Annotated[
    str,
    BeforeValidator(_zone),
    WithJsonSchema({"description": "IANA name, such as Europe/Berlin", "type": "string"}),
]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Text = Annotated[str, Field(min_length=1, max_length=300)]


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=_kebab, defer_build=True)
