"""Column types that refuse what would not be exact: money and moments (DESIGN D12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, NoReturn

from sqlalchemy import BigInteger, DateTime, Dialect, Numeric, String
from sqlalchemy.types import TypeDecorator, TypeEngine

SCALE = 10
"""Decimal places of USD that a ledger tells apart."""
_NOTHING = Decimal(0)
LIMIT = Decimal(2**63 - 1).scaleb(-SCALE)
"""USD: what SQLite's integers hold, 922 million. NUMERIC(20,10) holds more, and is held to the same."""


class USD(TypeDecorator[Decimal]):
    """NUMERIC(20,10) in PostgreSQL, an integer number of 1e-10 in SQLite, `Decimal` in Python.

    Raises TypeError for a float or anything else that is no Decimal, ValueError for NaN, infinities,
    and for what is finer than 1e-10 or does not fit.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(20, SCALE))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        units = _units(value)
        return units if dialect.name == "sqlite" else Decimal(units).scaleb(-SCALE)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return _of_units(value) if dialect.name == "sqlite" else _of_numeric(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """The same without a question a value: a report reads them by the hundred thousand."""
        return _of_units if dialect.name == "sqlite" else _of_numeric


class Moment(TypeDecorator[datetime]):
    """TIMESTAMPTZ in PostgreSQL, text that sorts in SQLite; aware and UTC in Python.

    Raises TypeError for what is no datetime, ValueError for one without a zone.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not isinstance(value, datetime):
            raise TypeError(f"A moment is a datetime, not {type(value).__name__}.")
        if value.utcoffset() is None:
            raise ValueError("A moment without a zone could be any of two dozen.")
        utc = value.astimezone(timezone.utc)
        if dialect.name != "sqlite":
            return utc
        return f"{utc.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return _of_text(value) if dialect.name == "sqlite" else _of_moment(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        return _of_text if dialect.name == "sqlite" else _of_moment


def _of_units(value: Any) -> Decimal | None:
    """A driver's float would be a bug of the query, and is told as one."""
    if type(value) is int:
        return Decimal(value).scaleb(-SCALE) if value else _NOTHING
    return None if value is None else _refuse(value)


def _of_numeric(value: Any) -> Decimal | None:
    if type(value) is Decimal:
        return value
    if type(value) is int:
        return Decimal(value)
    return None if value is None else _refuse(value)


def _refuse(value: object) -> NoReturn:
    raise TypeError(f"The database gave money as {type(value).__name__}.")


def _of_text(value: str | None) -> datetime | None:
    """`2026-11-02T12:00:00.000000Z`; Python 3.10 takes the zone as an offset only."""
    return None if value is None else datetime.fromisoformat(f"{value[:-1]}+00:00")


def _of_moment(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(timezone.utc)


def _units(value: object) -> int:
    """How many 1e-10 USD."""
    if type(value) is not Decimal:
        raise TypeError(f"Money is a Decimal, not {type(value).__name__}.")
    if not value.is_finite():
        raise ValueError(f"{value} is not an amount of money.")
    if abs(value) > LIMIT:
        raise ValueError(f"{value} USD is more than a ledger holds.")
    sign, digits, exponent = value.as_tuple()
    shift = int(exponent) + SCALE
    whole = int("".join(map(str, digits)) or "0")
    if shift < 0:
        whole, rest = divmod(whole, 10**-shift)
        if rest:
            raise ValueError(f"{value} USD is finer than 1e-{SCALE}.")
    else:
        whole *= int(10**shift)
    return -whole if sign else whole
