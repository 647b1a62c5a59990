"""Progress on a terminal: a bar by rich where it is installed, and nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

Progress = Callable[[date, int], None]


@contextmanager
def day_progress(span: timedelta) -> Iterator[Progress]:
    """Told the day that is read, and how many of its rows are. Days come from the newest on."""
    if not sys.stderr.isatty():
        yield lambda _day, _rows: None
        return
    try:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar
    except ModuleNotFoundError:
        with _plain() as progress:
            yield progress
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("days"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=max(span.days, 1))
        seen: set[date] = set()

        def progress(day: date, rows: int) -> None:
            fresh = day not in seen
            seen.add(day)
            bar.update(task, description=f"{day}: {rows:,} rows", completed=len(seen) - fresh)

        yield progress


@contextmanager
def _plain() -> Iterator[Progress]:
    """One line that is written over."""

    def progress(day: date, rows: int) -> None:
        sys.stderr.write(f"\r{day}: {rows:,} rows read\x1b[K")
        sys.stderr.flush()

    try:
        yield progress
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
