"""FOCUS rows as CSV, for machines and for people who open it in a spreadsheet.

A text that a spreadsheet would run as a formula gets an apostrophe before it: a branch, a job or a
use case may be named by whoever opens a pull request. Parquet, which no spreadsheet runs, has every
text as it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from ci_tokengate.render.cells import cell
from ci_tokengate.render.focus.columns import FocusRow, FocusValue, FocusVersion, columns


def csv_chunks(
    rows: Iterable[FocusRow], version: FocusVersion, *, size: int = 1000
) -> Iterator[bytes]:
    """The file in UTF-8, `size` rows at a time; the header alone where there are none."""
    names = [column.name for column in columns(version)]
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(names)
    for count, row in enumerate(rows, 1):
        writer.writerow([field(row.get(name)) for name in names])
        if count % size == 0:
            yield held.getvalue().encode()
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode()


def field(value: FocusValue) -> str:
    """Decimals in fixed notation with a point, by which readers know them from whole numbers."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text if "." in text else f"{text}.0"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, date):
        return value.isoformat()
    return cell(value) if isinstance(value, str) else str(value)
