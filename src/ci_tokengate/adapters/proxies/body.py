"""What every proxy's answers are read by: times in UTC, amounts that are amounts, forms that ignore the rest."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

_TOO_MUCH = Decimal(10) ** 12
_LONGEST_KEY = 512


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        return value.replace(tzinfo=timezone.utc)
    try:
        return value.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError("not a time within the calendar") from None


def _amount(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) >= _TOO_MUCH:
        raise ValueError("not an amount")
    return value


def _key(value: str) -> str:
    """What no header can carry is no key: a line break in it would be quoted by whoever refuses to send it."""
    if not 8 <= len(value) <= _LONGEST_KEY or not all("!" <= char <= "~" for char in value):
        raise ValueError("not a key")
    return value


KeyText = Annotated[str, AfterValidator(_key)]
"""A secret: at least eight characters and at most 512, each of which a header can carry."""
Utc = Annotated[datetime, AfterValidator(_utc)]
Amount = Annotated[Decimal, AfterValidator(_amount)]


class Body(BaseModel):
    """An answer, as far as it is read. Everything else in it is ignored."""

    # Built when first used: post reads one of these, and building all takes longer than reading.
    model_config = ConfigDict(
        extra="ignore", frozen=True, defer_build=True, hide_input_in_errors=True
    )


def first_complaint(error: ValidationError) -> str:
    """What does not fit, and where in the answer; without the offending value, which may be a key."""
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'body'}: {first['msg']}"
