"""examples/duckdb: another engine reads the partitions as they are, and comes to the ledger's sums."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ci_tokengate.adapters.ledger.open import open_ledger
from ci_tokengate.core.ledger.records import Spent
from ci_tokengate.core.money import exact_sum
from tests.docs.tables import ROOT
from tests.stage.books import NOW, fill
from tests.stage.clocks import At
from tests.stage.entries import run_cli

QUERIES = ROOT / "examples" / "duckdb"


@pytest.fixture(scope="module")
def ledger_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('books')}/ledger.db"
    fill(url)
    return url


@pytest.fixture(scope="module")
def spent(ledger_url: str) -> list[Spent]:
    """What the ledger itself says."""
    with open_ledger(ledger_url, create_zone=None, actors="drop", clock=At(NOW)) as ledger:
        return list(ledger.spent(date(2020, 1, 1), date(2030, 1, 1)))


@pytest.fixture(scope="module")
def engine(ledger_url: str, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    lake = tmp_path_factory.mktemp("lake")
    done = run_cli({}, "export", "focus", "--to", str(lake), "--ledger-url", ledger_url)
    assert done.code == 0, done.err
    return connected(f"{lake}/focus-1.2-parquet/*/*.parquet")


def connected(files: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"SET VARIABLE focus = '{files}'")
    return connection


def answer(engine: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    found = engine.execute((QUERIES / name).read_text("utf-8"))
    columns = [column[0] for column in found.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def test_pull_requests_cost_what_the_ledger_says(
    engine: duckdb.DuckDBPyConnection, spent: list[Spent]
) -> None:
    expected: dict[object, Decimal] = defaultdict(Decimal)
    tokens: dict[object, int] = defaultdict(int)
    for row in spent:
        if row.pull_request is not None:
            expected[row.repository, row.pull_request] += row.cost
            tokens[row.repository, row.pull_request] += row.output_tokens
    found = answer(engine, "pull-requests.sql")
    costs = {(r["repository"], r["pull_request"]): r["cost"] for r in found}
    assert costs == expected
    assert {(r["repository"], r["pull_request"]): r["tokens_out"] for r in found} == tokens


def test_teams_and_months_add_up_to_the_ledger(
    engine: duckdb.DuckDBPyConnection, spent: list[Spent]
) -> None:
    expected: dict[object, Decimal] = defaultdict(Decimal)
    for row in spent:
        expected[f"{row.local_day:%Y-%m}", row.team_id or "(no team)"] += row.cost
    found = answer(engine, "teams.sql")
    assert {(r["month"], r["team"]): r["spend"] for r in found} == expected
    assert all(r["attributed"] <= r["spend"] for r in found)
    [some] = [r for r in found if r["month"] == "2026-10" and r["team"] == "search-squad"]
    by_hand = (some["spend"] / some["pull_requests"]).quantize(Decimal("0.01"))
    assert abs(Decimal(str(some["cost_per_pull_request"])) - by_hand) <= Decimal("0.01")


def test_the_check_finds_the_sum_and_no_wrong_row(
    engine: duckdb.DuckDBPyConnection, spent: list[Spent]
) -> None:
    found = answer(engine, "check.sql")
    assert exact_sum(r["cost"] for r in found) == exact_sum(s.cost for s in spent)
    assert sum(r["unpriced_requests"] for r in found) == sum(s.unpriced for s in spent)
    assert exact_sum(r["provisional"] for r in found) == exact_sum(s.open_cost for s in spent)
    assert [r["wrong"] for r in found] == [0, 0]


def test_the_check_can_fail(engine: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tmp_path / "billing_period=2026-10"
    folder.mkdir()
    engine.execute(
        f"COPY (SELECT * EXCLUDE billing_period REPLACE (ListCost + 1 AS ListCost)"
        f" FROM read_parquet(getvariable('focus'), hive_partitioning = true) LIMIT 3)"
        f" TO '{folder}/wrong.parquet'"
    )
    [found] = answer(connected(f"{tmp_path}/*/*.parquet"), "check.sql")
    assert found["wrong"] == 3


def test_the_tags_are_json_to_it(engine: duckdb.DuckDBPyConnection) -> None:
    [[text]] = engine.execute(
        "SELECT Tags FROM read_parquet(getvariable('focus')) WHERE x_RunId = '9001' LIMIT 1"
    ).fetchall()
    assert json.loads(text)["repo"] == "acme/shop"


def test_its_readme_runs_as_it_stands(
    ledger_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = (QUERIES / "README.md").read_text("utf-8")
    [command] = [line for line in text.splitlines() if line.startswith("ci-tokengate ")]
    [_, python] = text.split("```python\n")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    args = command.partition("#")[0].split()[1:]
    assert run_cli({"TOKENGATE_LEDGER_URL": ledger_url}, *args).code == 0
    exec(python.partition("```")[0], {})
    assert "payments-squad" in capsys.readouterr().out
