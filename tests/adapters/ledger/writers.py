"""`python -m tests.adapters.ledger.writers URL KILLS SEED`: many writers of one ledger, ended at random.

Each writer is a process of its own. It makes the ledger if nobody has, writes readings in an order of
its own, some of them twice, reads sums in between, closes a month, and tells by a byte in a pipe what
it has written. One after the other they are ended with SIGKILL and replaced. At last one writer writes
everything once more, undisturbed. Prints what was seen as JSON; judges nothing but that no writer
failed by itself.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
import traceback
from datetime import date
from typing import NoReturn

from ci_tokengate.adapters.ledger.store import SqlLedger
from ci_tokengate.core.ledger.entry import Cell
from tests.adapters.ledger.made import ALL, cell, key, opened, settled
from tests.adapters.ledger.reckoned import held, sums_agree

WRITERS = 16
KEYS, VERSIONS, BATCH = 40, 5, 8
CLOSED = "2026-10"
_BEGUN = 0x8000
"""Marks the number of a batch that is about to be written."""
_SPELL, _BOUND = 20, 60
"""Kills between two looks at whether anything gets written at all, and for how many seconds that is waited for:
on a busy machine sixteen processes may all be ended before one has made the ledger."""


def reading(number: int, version: int) -> Cell:
    """A third are of the month that is closed meanwhile. Later versions cost more, to the last digit."""
    day = date(2026, 10 if number % 3 == 0 else 11, 1 + number % 9)
    cost = f"{number * version}.{2 * version:010}"  # even, for half of it is each of two buckets'
    return settled(cell(number, version, cost, day=day, unpriced=version % 2))


def batches(seed: int) -> list[list[Cell]]:
    """Every reading at least once, every fifth twice, shuffled."""
    every = [reading(n, v) for n in range(1, KEYS + 1) for v in range(1, VERSIONS + 1)]
    every += every[::5]
    random.Random(seed).shuffle(every)
    return [every[start : start + BATCH] for start in range(0, len(every), BATCH)]


def write(ledger: SqlLedger, batch: list[Cell]) -> None:
    numbers = {int(c.name.key_id, 16) for c in batch}
    ledger.accept(batch, [key(number) for number in numbers])


def writer(url: str, seed: int, todo: list[list[Cell]], told: int) -> NoReturn:
    """Until it is ended. Exits 1 where anything fails."""
    chance = random.Random(seed)
    try:
        ledger = opened(url)
        while True:
            number = chance.randrange(len(todo))
            os.write(told, (number | _BEGUN).to_bytes(2, "big"))
            write(ledger, todo[number])
            os.write(told, number.to_bytes(2, "big"))
            if chance.random() < 0.05:
                ledger.close_month(CLOSED)
            if chance.random() < 0.1:
                list(ledger.spent_by_team(*ALL))
    except BaseException:  # noqa: BLE001 - a child of a fork must not go on as its parent
        traceback.print_exc()
        os._exit(1)


def start(url: str, seed: int, todo: list[list[Cell]], told: int) -> int:
    pid = os.fork()
    if pid == 0:
        writer(url, seed, todo, told)
    return pid


def drained(pipe: int) -> list[int]:
    data = b""
    while select.select([pipe], [], [], 0)[0]:
        data += os.read(pipe, 60_000)
    return [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]


def until_one_is_written(pipe: int) -> list[int]:
    """What is told until then. Nothing, or too little, after the bound: the caller sees it in the end."""
    said: list[int] = []
    end = time.monotonic() + _BOUND
    while time.monotonic() < end and all(number & _BEGUN for number in said):
        select.select([pipe], [], [], 1)
        said += drained(pipe)
    return said


def kill_many(url: str, kills: int, seed: int, todo: list[list[Cell]]) -> tuple[list[int], int]:
    """What writers told, and how many failed by themselves."""
    chance, (pipe, told) = random.Random(seed), os.pipe()
    running = [start(url, seed + n, todo, told) for n in range(WRITERS)]
    said: list[int] = []
    ended = []
    for n in range(kills + WRITERS):
        time.sleep(chance.random() * 0.03)
        pid = running.pop(chance.randrange(len(running)))
        os.kill(pid, signal.SIGKILL)
        ended.append(pid)
        if n < kills:
            running.append(start(url, seed + WRITERS + n, todo, told))
        said += drained(pipe)
        if n % _SPELL == _SPELL - 1 and n < kills:
            said += until_one_is_written(pipe)
    failed = sum(not os.WIFSIGNALED(os.waitpid(pid, 0)[1]) for pid in ended)
    return said + drained(pipe), failed


def lost(ledger: SqlLedger, todo: list[list[Cell]], written: set[int]) -> int:
    """Readings told as written of which the ledger has only an older version."""
    there = {name: version for name, (version, _) in held(ledger).items()}
    return sum(there.get(c.name, 0) < c.version for number in written for c in todo[number])


def main() -> None:
    url, kills, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    todo = batches(seed)
    said, failed = kill_many(url, kills, seed, todo)
    written = [number for number in said if number < _BEGUN]
    with opened(url) as ledger:
        seen: dict[str, object] = {"failed": failed, "written": len(written)}
        seen["broken_off"] = len(said) - 2 * len(written)
        seen["lost"] = lost(ledger, todo, set(written))
        seen["sums_agree_after_kills"] = sums_agree(ledger)
        for batch in todo:
            write(ledger, batch)
        ledger.close_month(CLOSED)
        wanted = {c.name: c for c in (reading(n, VERSIONS) for n in range(1, KEYS + 1))}
        kept = held(ledger)
        seen["cells"] = len(kept)
        seen["wrong"] = sum(kept[name] != (VERSIONS, dict(wanted[name].parts)) for name in kept)
        seen["sums_agree"] = sums_agree(ledger)
        seen["corrections"] = len(list(ledger.corrections(*ALL)))
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
