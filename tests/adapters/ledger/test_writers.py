"""Sixteen writers at once, ended two hundred times: nothing is lost, nothing doubled."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.adapters.ledger import writers
from tests.adapters.ledger.made import At, cell, key, opened, run_of


def test_two_hundred_ended_writers_lose_and_double_nothing(url: str) -> None:
    """They make the ledger, too: none is there when sixteen begin."""
    said = run_of("writers", url, "200", "1", seconds=300)
    seen = json.loads(said)
    assert seen["written"] > 0
    assert seen["broken_off"] > 0, "some were ended in the midst of a writing"
    assert (seen["failed"], seen["lost"], seen["wrong"]) == (0, 0, 0)
    assert (seen["cells"], seen["sums_agree_after_kills"], seen["sums_agree"]) == (
        writers.KEYS,
        True,
        True,
    )


def test_sixteen_processes_that_open_a_new_ledger_make_one(url: str) -> None:
    run_of("openers", url)


class _Releasing(At):
    """Lets go of a lock when it is waited for the third time."""

    def __init__(self, holder: sqlite3.Connection) -> None:
        super().__init__()
        self.holder = holder

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.slept == 3:
            self.holder.rollback()


def test_a_new_file_that_another_process_is_making_a_ledger_of_is_waited_for(
    tmp_path: Path,
) -> None:
    holder = sqlite3.connect(tmp_path / "l.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    clock = _Releasing(holder)
    with opened(f"sqlite:///{tmp_path}/l.db?timeout=0", clock=clock) as ledger:
        assert ledger.accept([cell()], [key()]).new == 1
    holder.close()
    assert clock.slept == 3
    assert (tmp_path / "l.db").read_bytes()[18:20] == b"\2\2", "write-ahead, by the file's format"
