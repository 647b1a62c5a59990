"""`make bench`, the ledger's filling: `ci-tokengate collect` over a log of a million rows. Prints; judges nothing.

The proxy is only a maker of pages of a real row's size, 10 GB in all. "own" is the processor's time of
the command, which is what it needs beside the proxy: parsing, cutting into buckets, and writing SQLite.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from tests.stage.memory import Measured, measured_cli
from tests.stage.whole_log import PRICE, WholeLog, whole_log

ROWS = 1_000_000
_DAYS = 10
_AT_MOST = 200
_A_SECOND = 10_000


def once(log: WholeLog, folder: Path) -> tuple[float, float, Measured]:
    """Elapsed and own seconds of one collection into an empty ledger."""
    env = {"TOKENGATE_PROXY_URL": log.url, "TOKENGATE_READING_KEY": "sk-reader-1234"}
    ledger = f"sqlite:///{folder}/ledger.db"
    args = ("--since", f"{log.days}d", "--ledger-url", ledger, "--format", "json")
    start, spent = time.perf_counter(), _processor()
    done = measured_cli(env, "collect", *args, timeout=3600)
    took = time.perf_counter() - start, _processor() - spent
    body = json.loads(done.out) if done.code == 0 else {}
    sums = body.get("reconciliation", {})
    if (sums.get("ledger_usd"), sums.get("difference_usd")) != (_total(log), "0"):
        raise SystemExit(f"collect ended with {done.code}: {done.out[:2000]}{done.err}")
    return *took, done


def _total(log: WholeLog) -> str:
    return f"{(PRICE * log.rows).normalize():f}"


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.collect", description=__doc__)
    parser.add_argument("-n", type=int, default=1, help="runs")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--days", type=int, default=_DAYS, help="over which they are spread")
    options = parser.parse_args()
    with whole_log(options.rows, days=options.days) as log:
        for _ in range(options.n):
            with tempfile.TemporaryDirectory() as folder:
                elapsed, own, done = once(log, Path(folder))
            rate = Decimal(options.rows) / Decimal(f"{own:.3f}")
            print(
                f"collect, {options.rows:,} rows: {elapsed:.1f} s, own {own:.1f} s = {rate:,.0f} rows/s "
                f"(target {_A_SECOND:,}); {done.peak:.0f} MB at most (target {_AT_MOST})",
                flush=True,
            )


if __name__ == "__main__":
    main()
