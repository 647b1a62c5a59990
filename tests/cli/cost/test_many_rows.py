"""Long logs: memory does not grow with them, and one sees that something is going on.

`make bench` does the same with 100,000 rows.
"""

from __future__ import annotations

from ci_tokengate.core.money import plain
from tests.stage.long_log import PRICE, long_log
from tests.stage.memory import figure_of, measured_cli

ROWS = 12_000
MEGABYTES = 150
IN_VAIN = 7
"""Pages of a reading that are not full: each asks for four times as long, from three pages' time to two days."""
COUNT = 2 * 9 + 1
"""Questions of a count: by day's end the period is 73 h at most, which nine halvings bring below the 1,000 s of
10,000 rows. Only one half of two can have so many."""


def test_a_log_of_120_megabytes_is_added_up_exactly_within_150_of_memory() -> None:
    with long_log(ROWS) as log:
        env = {"TOKENGATE_PROXY_URL": log.url, "TOKENGATE_PROXY_KEY": "sk-minter-1234"}
        args = ("--repository", "acme/shop", "--pr", "12", "--format", "json")
        done = measured_cli(env, "cost", *args)
    assert (done.code, figure_of(done)) == (0, (plain(PRICE * ROWS), "settled", ROWS))
    assert done.peak < MEGABYTES
    assert done.err.splitlines()[:2] == ["  5,000 rows read …", "  10,000 rows read …"]
    assert log.pages <= ROWS / 1000 + IN_VAIN + 2 * COUNT
