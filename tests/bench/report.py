"""`make bench`, the report: all of it over 5,000,000 entries, from the question to the files. Prints; judges nothing.

Both engines, on the ledger that tests/bench/ledger.py makes. "report" is what `ci-tokengate report` does
between opening the ledger and writing the file; the process's own start stands apart.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path
from typing import TypeVar

from ci_tokengate.adapters.ledger.store import SqlLedger
from ci_tokengate.commands.report import report
from ci_tokengate.core.showback.values import Showback
from ci_tokengate.wiring.ledgers import open_ledger
from ci_tokengate.wiring.reports import FORMS, rendered
from tests.bench.ledger import fill
from tests.fakes import FakeClock
from tests.stage.postgres import database, running_postgres

MONTH = "2026-10"
NOW = datetime(2026, 11, 9, 8, tzinfo=timezone.utc)
HEAD = f"{'seconds, medians':<34}{'median':>9}{'least':>9}{'most':>9}  target"
_T = TypeVar("_T")


def timed(label: str, once: Callable[[], _T], runs: int, target: str = "") -> _T:
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        found = once()
        seconds.append(time.perf_counter() - start)
    middle = statistics.median(seconds)
    print(
        f"{label:<34}{middle:>9.2f}{min(seconds):>9.2f}{max(seconds):>9.2f}  {target}", flush=True
    )
    return found


def read(ledger: SqlLedger) -> Showback:
    return report(ledger, None, FakeClock(NOW), month=MONTH)


def bench(url: str, entries: int, runs: int) -> None:
    with open_ledger(url, create_zone="UTC") as ledger:
        timed("filled, past the port", lambda: fill(ledger, entries), 1)
        timed("first reading, with all sums", lambda: read(ledger), 1)
    gc.disable()  # as the command does
    with open_ledger(url, create_zone=None) as ledger:
        found = timed("read and added up", lambda: read(ledger), runs)
        for form in FORMS:
            made = timed(f"  as {form}", lambda form=form: rendered(found, form), runs)  # type: ignore[misc]
            print(f"{'':<34}{len(made):>9,} bytes{'  ≤ 1,000,000' if form == 'html' else ''}")
        timed("report, as html", lambda: rendered(read(ledger), "html"), runs, "≤ 3")
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("ci-tokengate")), "report", "--month", MONTH]
        command += ["--ledger-url", url, "-o", f"{folder}/report.html"]
        timed(
            "the whole process, as html",
            lambda: subprocess.run(command, check=True, capture_output=True, cwd=folder),
            runs,
        )
    teams, merged = len(found.teams), found.per_pull.merged
    print(
        f"  {teams} teams, {merged:,} merged, ${found.trust.total:,.2f}, {len(found.mix)} use cases"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.report", description=__doc__)
    parser.add_argument("--entries", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    for engine in ("sqlite", "postgresql"):
        if options.only not in (None, engine):
            continue
        print(f"\n{engine}, {options.entries:,} entries\n{HEAD}", flush=True)
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            url = f"sqlite:///{folder}/ledger.db"
            if engine == "postgresql":
                url = stack.enter_context(database(stack.enter_context(running_postgres())))
            bench(url, options.entries, options.runs)


if __name__ == "__main__":
    main()
