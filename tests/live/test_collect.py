"""`collect` on a real LiteLLM: the ledger is the sum of the proxy's own rows, whatever way they are cut."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ci_tokengate.core.alias import parse_alias
from ci_tokengate.core.ledger.entry import Bucket, Cell, LedgerKey
from ci_tokengate.sandbox.github import GitHubState, running_github
from ci_tokengate.wiring.ledgers import open_ledger
from tests.live.database import Database, database
from tests.live.organisation import CALLS, Organisation, its_pulls, organisation
from tests.live.reported import assert_by_sql, reported
from tests.stage.entries import run_cli

pytestmark = pytest.mark.live
EXACT = Decimal("1e-10")
EVER = (date(2026, 1, 1), date(2100, 1, 1))
Sums = dict[Any, Decimal]
Kept = list[tuple[Cell, LedgerKey]]


@pytest.fixture(scope="module")
def org() -> Iterator[Organisation]:
    database()  # skips before anything is spent
    with organisation() as made:
        yield made


@pytest.fixture(scope="module")
def tables() -> Database:
    return database()


@pytest.fixture
def github() -> Iterator[str]:
    state = GitHubState()
    its_pulls(state)
    with running_github(state) as url:
        yield url


def collected(org: Organisation, url: str, github: str) -> dict[str, Any]:
    env = {
        "PATH": os.environ["PATH"],
        "TOKENGATE_PROXY_URL": org.url,
        "TOKENGATE_READING_KEY": org.reader,
        "GITHUB_API_URL": github,
        "GITHUB_TOKEN": "ghs_any",
    }
    args = ("--since", "1d", "--ledger-url", url, "--format", "json")
    done = run_cli(env, "collect", *args, "--repository", org.repository)
    assert done.code == 0, done.err
    return dict(json.loads(done.out))


def kept(url: str, org: Organisation) -> Kept:
    with open_ledger(url) as ledger:
        return [pair for pair in ledger.cells(*EVER) if pair[0].team_id in org.teams]


def added(pairs: Kept, by: Any) -> Sums:
    sums: Sums = {}
    for cell, key in pairs:
        sums[by(cell, key)] = sums.get(by(cell, key), Decimal(0)) + cell.cost
    return sums


def by_sql(tables: Database, org: Organisation, what: str) -> dict[str, Decimal]:
    teams = ", ".join(f"'{team}'" for team in org.teams)
    told = tables.ask(
        f"SELECT {what}, sum(spend::text::numeric) FROM "
        f'"LiteLLM_SpendLogs" WHERE team_id IN ({teams}) AND spend > 0 GROUP BY 1'
    )
    lines = (line.rsplit("|", 1) for line in told.splitlines())
    return {name: Decimal(total) for name, total in lines}


def rows_of(tables: Database, org: Organisation) -> int:
    teams = ", ".join(f"'{team}'" for team in org.teams)
    return int(tables.ask(f'SELECT count(*) FROM "LiteLLM_SpendLogs" WHERE team_id IN ({teams})'))


def same(found: Sums, sql: Sums) -> bool:
    return found.keys() == sql.keys() and all(abs(found[n] - sql[n]) <= EXACT for n in sql)


def settled(tables: Database, org: Organisation, rows: int) -> None:
    """Until the proxy has written them all."""
    end = time.monotonic() + 60
    while rows_of(tables, org) < rows:
        assert time.monotonic() < end, f"{rows_of(tables, org)} of {rows} rows after a minute"
        time.sleep(1)


@pytest.mark.long
def test_three_collections_amid_new_spend_equal_the_sums_by_sql(
    org: Organisation, tables: Database, github: str, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    keys = org.mint()
    org.spend(keys, range(CALLS * 6 // 10))
    collected(org, url, github)  # amid rows that are still to be written
    org.delete(keys[:200])
    org.spend(keys[200:], range(CALLS * 6 // 10, CALLS * 9 // 10))
    collected(org, url, github)
    org.spend(keys[200:], range(CALLS * 9 // 10, CALLS))
    settled(tables, org, CALLS)
    told = collected(org, url, github)

    pairs = kept(url, org)
    sql = by_sql(tables, org, "'all'")["all"]
    assert abs(sum(c.cost for c, _ in pairs) - sql) <= EXACT
    assert same(added(pairs, lambda c, _: c.team_id), dict(by_sql(tables, org, "team_id")))
    assert same(added(pairs, lambda c, _: c.name.model), dict(by_sql(tables, org, "model_group")))
    days = {date.fromisoformat(n): v for n, v in by_sql(tables, org, '"startTime"::date').items()}
    assert same(added(pairs, lambda c, _: c.name.day), days)
    aliases = by_sql(tables, org, "coalesce(metadata->>'user_api_key_alias', '')")
    assert same(added(pairs, lambda _, k: k.pull_request), _by_pull(aliases))
    assert same(added(pairs, lambda _, k: k.use_case), _by_use_case(aliases))

    lines = [line for line in told["reconciliation"]["lines"] if line["team_id"] in org.teams]
    assert {line["difference_usd"] for line in lines} == {"0"}
    assert len(lines) >= 3
    assert {k.cost_center for _, k in pairs if k.attributed} == {"CC-0", "CC-1", "CC-2"}
    assert any(not k.attributed for _, k in pairs)
    _buckets_are_whole(pairs)
    _pulls_are_there(url)
    assert_by_sql(reported(url, org), tables, merged=range(1, 41))


def _by_pull(aliases: dict[str, Decimal]) -> Sums:
    sums: Sums = {}
    for alias, spend in aliases.items():
        parsed = parse_alias(alias)
        number = int(parsed.scope) if parsed and parsed.scope.isdigit() else None
        sums[number] = sums.get(number, Decimal(0)) + spend
    return sums


def _by_use_case(aliases: dict[str, Decimal]) -> Sums:
    sums: Sums = {}
    for alias, spend in aliases.items():
        parsed = parse_alias(alias)
        name = parsed.use_case if parsed else ""
        sums[name] = sums.get(name, Decimal(0)) + spend
    return sums


def _buckets_are_whole(pairs: Kept) -> None:
    """The proxy's account explains each of these calls: nothing is left over."""
    assert {b for c, _ in pairs for b in c.parts} == set(Bucket) - {Bucket.REST}
    assert all(part.cost >= 0 for c, _ in pairs for part in c.parts.values())


def _pulls_are_there(url: str) -> None:
    ever = (datetime(2026, 1, 1, tzinfo=timezone.utc), datetime.now(timezone.utc))
    with open_ledger(url) as ledger:
        found = {p.number: p for p in ledger.pulls(ever[0], ever[1] + timedelta(days=1))}
    assert len(found) == 60
    assert sum(p.merged_at is not None for p in found.values()) == 40
    assert found[40].reverts == 1
