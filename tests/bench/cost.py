"""`make bench`, the cost: `ci-tokengate cost --pr` over a log of 100,000 rows. Prints; judges nothing.

The proxy is a process that only makes pages of a real row's size, 1 GB in all. "own" is the processor's
time of the command, which is what it needs beside the proxy: whatever else passes is waiting for it.
"""

from __future__ import annotations

import argparse
import time

from ci_tokengate.core.money import plain
from tests.bench.__main__ import HEAD, Sample, processor, row
from tests.stage.long_log import PRICE, LongLog, long_log
from tests.stage.memory import figure_of, measured_cli

ROWS = 100_000


class Reading:
    def __init__(self, log: LongLog) -> None:
        self.log, self.peak = log, 0.0

    def once(self) -> Sample:
        env = {"TOKENGATE_PROXY_URL": self.log.url, "TOKENGATE_PROXY_KEY": "sk-minter-1234"}
        args = ("--repository", "acme/shop", "--pr", "12", "--format", "json")
        start, spent = time.perf_counter(), processor()
        done = measured_cli(env, "cost", *args)
        sample = time.perf_counter() - start, processor() - spent
        if figure_of(done) != (plain(PRICE * self.log.rows), "settled", self.log.rows):
            raise SystemExit(f"cost ended with {done.code}: {done.out}{done.err}")
        self.peak = max(self.peak, done.peak)
        return sample


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cost", description=__doc__)
    parser.add_argument("-n", type=int, default=5, help="runs")
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args()
    print(HEAD)
    with long_log(options.rows) as log:
        reading = Reading(log)
        row(f"cost --pr, {options.rows:,} rows", options.n, reading.once, "5.0")
        print(f"{'':<28}{reading.peak:>9.0f} MB at most, target 150", flush=True)


if __name__ == "__main__":
    main()
