"""Where an export goes, and how its rows are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from ci_tokengate.errors import UsageError
from ci_tokengate.ports.exports import Destination, RowWriter
from ci_tokengate.render.focus.columns import FocusRow, FocusVersion
from ci_tokengate.render.focus.csv import csv_chunks

_EXTRA = ("fsspec", "pyarrow")


def open_destination(url: str) -> Destination:
    """A folder or an fsspec URL. Raises UsageError where it is none, or the extra is missing."""
    try:
        from ci_tokengate.adapters.exports.place import Place
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    return Place(url)


def row_writer(fmt: str) -> RowWriter:
    """`csv` or `parquet`. Raises UsageError where the extra is missing."""
    if fmt == "csv":
        return _write_csv
    try:
        from ci_tokengate.adapters.exports.parquet import write_parquet
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    return write_parquet


def _write_csv(rows: Iterable[FocusRow], version: FocusVersion, file: BinaryIO) -> None:
    for chunk in csv_chunks(rows, version):
        file.write(chunk)


def _missing(error: ModuleNotFoundError) -> Exception:
    if (error.name or "").partition(".")[0] not in _EXTRA:
        return error
    return UsageError(
        "The export needs packages that are not installed.",
        hint="Run: pip install 'ci-tokengate[export]'",
    )
