"""What the tables are made of. Money is USD (types.USD), moments are UTC, days as they are named."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Integer,
    MetaData,
    String,
    Text,
)

from ci_tokengate.adapters.ledger.types import USD

METADATA = MetaData()
NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up INTEGER keys only."""
BUCKET = ("bucket", String(12))


def text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


def usd(name: str) -> Column[object]:
    return Column(name, USD, nullable=False)


def whole(name: str) -> CheckConstraint:
    """SQLite would take a float from any other program."""
    check = CheckConstraint(f"typeof({name}) = 'integer'", name=f"{name}_is_exact")
    return check.ddl_if(dialect="sqlite")
