"""`make bench`, the ledger: what a report reads of 5,000,000 entries, two years of a large organisation.

Both engines. Prints; judges nothing. "entries" is the same sums straight from the entries, which is what
the sums by day (`rollup`) save. PostgreSQL is PyPI's, or the one that TOKENGATE_TEST_POSTGRES names.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text

from ci_tokengate.adapters.ledger import reads, rollup
from ci_tokengate.adapters.ledger.store import SqlLedger
from ci_tokengate.adapters.ledger.tables import ENTRIES, KEYS, MARKS, PULLS
from ci_tokengate.core.ledger.entry import Bucket, Cell, CellName, LedgerKey, Part
from ci_tokengate.core.money import exact_sum
from ci_tokengate.wiring.ledgers import open_ledger
from tests.stage.postgres import database, running_postgres

LAST = date(2026, 10, 31)
DAYS, TEAMS, REPOSITORIES = 730, 60, 300
MONTH = (date(2026, 10, 1), date(2026, 11, 1))
YEAR = (date(2025, 10, 1), date(2026, 11, 1))
PROXY = "https://llm.acme.example"
_BUCKETS = ("input", "output", "cache_read", "cache_write", "rest")
_MODELS = ("claude-opus", "claude-sonnet", "claude-haiku", "gpt-mini")
_CASES = ("code-review", "autonomous-agent", "test-writing")
_UNITS = 10**10


def made(entries: int) -> Iterator[tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]]:
    """Rows of KEYS and of ENTRIES, one day at a time: a key a job, 1.3 models a key, 3.2 buckets a model.

    One job in ten is of no pull request, and one in ten of no job of ours.
    """
    chance = random.Random(5)
    number = 0
    for day in (LAST - timedelta(days=n) for n in reversed(range(DAYS))):
        keys: list[tuple[Any, ...]] = []
        rows: list[tuple[Any, ...]] = []
        while len(rows) < entries / DAYS:
            number += 1
            keys.append(_key(number, chance))
            team = keys[-1][4]
            for model in chance.sample(_MODELS, 1 if chance.random() < 0.7 else 2):
                for n, bucket in enumerate(_BUCKETS[: chance.choice((2, 2, 4, 4, 5))]):
                    calls = 0 if n else chance.randrange(1, 60)
                    cost = chance.randrange(_UNITS)
                    state = "closed" if day < MONTH[0] else "settled"
                    counts = (calls, 0, chance.randrange(10**6))
                    its = (day, number, model, day, bucket, team, f"vendor/{model}", 9, state)
                    rows.append((*its, *counts, cost))
        yield keys, rows


def _key(number: int, chance: random.Random) -> tuple[Any, ...]:
    """Of each repository about four pull requests are worked on at a time."""
    repository = chance.randrange(REPOSITORIES)
    pull = number // 600 * 4 + chance.randrange(4) if chance.random() < 0.9 else None
    ours = chance.random() < 0.9
    name = f"acme/service-{repository}" if ours else ""
    case = chance.choice(_CASES) if ours else ""
    center = f"CC-{repository % 20}" if ours else ""
    team = f"team-{repository % TEAMS}"
    told = (pull if ours else None, "main", str(number), 1, "agent", case, center, "", None)
    return (number, PROXY, f"{number:064x}", f"tokengate:{name}", team, name, *told)


def fill(ledger: SqlLedger, entries: int) -> int:
    """Past the port, as fast as each engine takes rows. Returns how many."""
    session = ledger._session
    count = 0
    with session.engine.execution_options(tokengate_writes=True).begin() as connection:
        raw: Any = connection.connection.driver_connection
        put = _copy if not session.is_sqlite else _executemany
        for keys, rows in made(entries):
            put(raw, KEYS.name, [c.name for c in KEYS.columns], keys)
            put(raw, ENTRIES.name, [c.name for c in ENTRIES.columns], rows)
            count += len(rows)
        connection.execute(insert(MARKS), [{"local_day": LAST - timedelta(n)} for n in range(DAYS)])
        if not session.is_sqlite:
            connection.execute(text("SELECT setval('keys_key_no_seq', max(key_no)) FROM keys"))
    with session.engine.begin() as connection:
        connection.execute(insert(PULLS), list(_pulls(count)))
    if not session.is_sqlite:
        with session.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return count


def _pulls(entries: int) -> Iterator[dict[str, Any]]:
    """As many as the keys have, spread over the time."""
    each = entries // 2500
    for number in range(each):
        merged = datetime(2024, 11, 1, tzinfo=timezone.utc) + timedelta(days=number * DAYS / each)
        for repository in range(0, REPOSITORIES, 3):
            yield {
                "host": "github.com",
                "repository": f"acme/service-{repository}",
                "number": number,
                "updated_at": merged,
                "merged_at": merged,
                "closed_at": merged,
            }


def _executemany(raw: Any, table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(columns))
    plain = [tuple(v.isoformat() if isinstance(v, date) else v for v in row) for row in rows]
    raw.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", plain)


def _copy(raw: Any, table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    money = columns.index("cost") if "cost" in columns else None
    with raw.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            if money is not None:
                row = (*row[:money], Decimal(row[money]).scaleb(-10))
            copy.write_row(row)


def read(ledger: SqlLedger) -> dict[str, Callable[[], int]]:
    """What a report asks for: each gives how many values came."""
    first, end = (datetime(d.year, d.month, d.day, tzinfo=timezone.utc) for d in MONTH)
    return {
        "spent, the month": lambda: len(list(ledger.spent(*MONTH))),
        "spent_by_team, 13 months": lambda: len(list(ledger.spent_by_team(*YEAR))),
        "team_totals, the month": lambda: len(list(ledger.team_totals(*MONTH))),
        "pulls, the month": lambda: len(list(ledger.pulls(first, end))),
        "budgets, team_days, facts": lambda: len(
            [*ledger.budgets(end), *ledger.team_days(*MONTH), ledger.facts()]
        ),
    }


def from_entries(ledger: SqlLedger) -> dict[str, Callable[[], int]]:
    """The same without sums by day."""
    month, year = rollup.by_pull(*MONTH), rollup.by_team(*YEAR)
    return {
        "  the month, from entries": lambda: len(list(ledger._session.stream(month))),
        "  13 months, from entries": lambda: len(list(ledger._session.stream(year))),
    }


Timed = tuple[float, float, int]
"""Seconds in all, of them this process at work, and how many values came."""


def timed(once: Callable[[], int], runs: int = 1) -> Timed:
    """Medians. Another program's work makes the first longer; PostgreSQL's own is not in the second."""
    samples = []
    for _ in range(runs):
        start, begun = time.perf_counter(), time.process_time()
        count = once()
        samples.append((time.perf_counter() - start, time.process_time() - begun))
    whole, own = (statistics.median(column) for column in zip(*samples, strict=True))
    return whole, own, count


def row(label: str, seconds: float, own: float, count: int, target: str = "") -> None:
    print(f"{label:<32}{seconds:>9.3f}{own:>9.3f}{count:>12,}  {target}", flush=True)


def accepted(ledger: SqlLedger, cells: int) -> int:
    """Through the port, in batches of a thousand cells of three buckets each, of keys never seen."""
    parts = {b: Part(tokens=1000, cost=Decimal("0.0123456789")) for b in list(Bucket)[:3]}
    for start in range(0, cells, 1000):
        names = [
            CellName(proxy=PROXY, key_id=f"f{n:063x}", day=LAST, local_day=LAST, model="m")
            for n in range(start, start + 1000)
        ]
        batch = [
            Cell(name=n, team_id="team-1", provider_model="m", version=1, requests=9, parts=parts)
            for n in names
        ]
        keys = [
            LedgerKey(proxy=PROXY, key_id=n.key_id, repository="acme/service-1", pull_request=1)
            for n in names
        ]
        ledger.accept(batch, keys)
    return 3 * cells


def bench(url: str, entries: int, runs: int, *, plans: bool) -> None:
    with open_ledger(url, create_zone="UTC") as ledger:
        filled = timed(lambda: fill(ledger, entries))
        row("filled, past the port", *filled)
        row("sums of all days, made", *timed(lambda: len(list(ledger.team_totals(*MONTH)))))
        found = {label: timed(once, runs) for label, once in read(ledger).items()}
        for label, sample in found.items():
            row(label, *sample)
        whole, own = (sum(sample[n] for sample in found.values()) for n in (0, 1))
        row("all that a report reads", whole, own, filled[2], "3.0")
        for label, once in from_entries(ledger).items():
            row(label, *timed(once))
        row("accept, entries of new keys", *timed(lambda: accepted(ledger, 10_000)))
        changed = timed(lambda: len(list(ledger.spent(LAST, MONTH[1]))))
        row("sums of the day that changed", *changed)
        check(ledger)
        if plans:
            print_plans(ledger)


def check(ledger: SqlLedger) -> None:
    """The sums by day are those of the entries."""
    by_day = exact_sum(s.cost for s in ledger.spent_by_team(date.min, date.max))
    direct = ledger._session.read(lambda c: c.scalar(_total()))
    if by_day != direct:
        raise SystemExit(f"{by_day} by day is not {direct} of the entries")


def _total() -> Any:
    return select(func.sum(ENTRIES.c.cost, type_=ENTRIES.c.cost.type))


def print_plans(ledger: SqlLedger) -> None:
    verb = "EXPLAIN QUERY PLAN" if ledger._session.is_sqlite else "EXPLAIN (ANALYZE, COSTS OFF)"
    first, end = (datetime(d.year, d.month, d.day, tzinfo=timezone.utc) for d in MONTH)
    queries = {
        "spent": reads.spent(*MONTH),
        "spent_by_team": reads.spent_by_team(*YEAR),
        "team_totals": reads.team_totals(*MONTH),
        "pulls": reads.pulls(first, end, MONTH),
        "a day's sums": rollup.by_pull(LAST, MONTH[1]),
    }
    for name, query in queries.items():
        print(f"-- {name}")
        compiled = query.compile(ledger._session.engine, compile_kwargs={"literal_binds": True})
        with ledger._session.engine.begin() as connection:
            for line in connection.exec_driver_sql(f"{verb} {compiled}"):
                print("   ", line[-1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ledger", description=__doc__)
    parser.add_argument("-n", type=int, default=5, help="runs of what a report reads")
    parser.add_argument("--entries", type=int, default=5_000_000)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], help="only this one")
    parser.add_argument("--plans", action="store_true", help="how each engine goes about it")
    options = parser.parse_args()
    print(f"{'seconds, medians':<32}{'whole':>9}{'own':>9}{'values':>12}  target (whole)")
    if options.engine != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            print("SQLite", flush=True)
            url = f"sqlite:///{Path(folder) / 'ledger.db'}"
            bench(url, options.entries, options.n, plans=options.plans)
            size = sum(path.stat().st_size for path in Path(folder).iterdir())
            print(f"{'':<32}{size / 1e6:>9.0f} MB")
    if options.engine != "sqlite":
        with running_postgres() as server, database(server) as url:
            print("PostgreSQL", flush=True)
            bench(url, options.entries, options.n, plans=options.plans)


if __name__ == "__main__":
    main()
