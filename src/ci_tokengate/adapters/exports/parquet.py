"""FOCUS rows as Parquet: decimals exact, texts as they are, times in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from ci_tokengate.render.focus.columns import FocusRow, FocusVersion, Kind, columns
from ci_tokengate.render.focus.price import PLACES

_GROUP = 5_000
"""Rows held in memory, and so a row group."""
_TYPES = {
    Kind.TEXT: pa.string(),
    Kind.COST: pa.decimal128(38, PLACES),
    Kind.PRICE: pa.decimal128(38, PLACES),
    Kind.QUANTITY: pa.decimal128(20, 0),
    Kind.COUNT: pa.int64(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.DAY: pa.date32(),
}


def write_parquet(rows: Iterable[FocusRow], version: FocusVersion, file: BinaryIO) -> None:
    """One file; without rows it has the schema alone. Its metadata names the FOCUS version."""
    schema = _schema(version)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _groups(rows):
            found = [pa.array([row.get(f.name) for row in group], f.type) for f in schema]
            writer.write_batch(pa.record_batch(found, schema=schema))


def _schema(version: FocusVersion) -> Any:
    fields = [pa.field(column.name, _TYPES[column.kind]) for column in columns(version)]
    return pa.schema(fields, metadata={"FocusVersion": version.value})


def _groups(rows: Iterable[FocusRow]) -> Iterator[list[FocusRow]]:
    left = iter(rows)
    while group := list(islice(left, _GROUP)):
        yield group
