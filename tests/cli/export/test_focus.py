"""`ci-tokengate export focus`, from a ledger to files."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy.engine import URL

from ci_tokengate.adapters.ledger.open import open_ledger
from ci_tokengate.core.ledger.entry import Bucket, Cell, CellName, EntryState, Part
from ci_tokengate.core.money import exact_sum
from tests.stage.books import NOW, PROXY, fill
from tests.stage.clocks import At
from tests.stage.entries import run_cli
from tests.stage.postgres import database


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Decimal]:
    url = f"sqlite:///{tmp_path_factory.mktemp('books')}/ledger.db"
    return url, fill(url)


def test_partitions_add_up_to_the_ledger_exactly(
    books: tuple[str, Decimal], tmp_path: Path
) -> None:
    url, total = books
    done = run_cli({}, "export", "focus", "--to", str(tmp_path), "--ledger-url", url, "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert [one["month"] for one in told] == ["2026-10", "2026-11"]
    assert exact_sum(Decimal(one["cost"]) for one in told) == total
    files = sorted(tmp_path.rglob("*.parquet"))
    assert [str(f.relative_to(tmp_path)) for f in files] == [
        "focus-1.2-parquet/billing_period=2026-10/focus-1.2-2026-10.parquet",
        "focus-1.2-parquet/billing_period=2026-11/focus-1.2-2026-11.parquet",
    ]
    costs = [c for f in files for c in pq.ParquetFile(f).read(["BilledCost"])["BilledCost"]]
    assert exact_sum(cost.as_py() for cost in costs) == total


def test_it_says_what_is_provisional_corrected_and_without_a_price(
    books: tuple[str, Decimal], tmp_path: Path
) -> None:
    done = run_cli({}, "export", "focus", "--to", str(tmp_path), "--ledger-url", books[0])
    october, november = done.out.splitlines()
    assert "calls without a price" in october
    assert "provisional" not in october
    assert "provisional" in november
    assert "corrections" in november


def test_csv_and_parquet_hold_the_same_money(books: tuple[str, Decimal], tmp_path: Path) -> None:
    args = ("export", "focus", "--to", str(tmp_path), "--ledger-url", books[0], "--version", "1.4")
    for fmt in ("csv", "parquet"):
        assert run_cli({}, *args, "--format", fmt, "--month", "2026-11").code == 0
    [text] = tmp_path.rglob("*.csv")
    [table] = tmp_path.rglob("*.parquet")
    with text.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    whole = pq.ParquetFile(table).read().to_pylist()
    for name in ("BilledCost", "ListCost", "ListUnitPrice", "PricingQuantity"):
        assert [Decimal(row[name]) for row in read] == [row[name] for row in whole]


def test_a_month_exported_again_replaces_its_partition_and_leaves_the_others(
    books: tuple[str, Decimal], tmp_path: Path
) -> None:
    args = ("export", "focus", "--to", str(tmp_path), "--ledger-url", books[0])
    assert run_cli({}, *args).code == 0
    [october, november] = sorted(tmp_path.rglob("*.parquet"))
    before = october.read_bytes()
    october.write_bytes(b"old")
    november.write_bytes(b"old")
    assert run_cli({}, *args, "--month", "2026-10").code == 0
    assert october.read_bytes() == before
    assert november.read_bytes() == b"old"
    assert sorted(p for p in tmp_path.rglob("*") if p.is_file()) == [october, november]


def test_teams_have_the_names_and_cost_centers_of_the_policy(
    books: tuple[str, Decimal], tmp_path: Path
) -> None:
    policy = tmp_path / "tokengate.yml"
    policy.write_text(
        "version: 1\n"
        f"proxy: {{kind: litellm, url: '{PROXY}'}}\n"
        "teams: {pay: {id: payments-squad, cost-center: ENGG-PAY},\n"
        "        search: {id: search-squad, cost-center: ENGG-SEARCH}}\n"
        "use-cases: {code-review: {models: [claude-sonnet], cap-per-run: 1}}\n"
    )
    done = run_cli(
        {},
        *("export", "focus", "--to", str(tmp_path), "--ledger-url", books[0]),
        *("--month", "2026-10", "--policy", str(policy)),
    )
    assert done.code == 0, done.err
    [file] = tmp_path.rglob("*.parquet")
    found = pq.ParquetFile(file).read().to_pylist()
    assert {(r["SubAccountId"], r["SubAccountName"]) for r in found} == {
        ("payments-squad", "pay"),
        ("search-squad", "search"),
        (None, None),
    }
    assert {r["x_CostCenter"] for r in found if r["SubAccountId"] == "search-squad"} >= {
        "ENGG-SEARCH"
    }


def test_postgresql_and_sqlite_export_the_same_bytes(
    books: tuple[str, Decimal], postgres: URL, tmp_path: Path
) -> None:
    with database(postgres) as url:
        assert fill(url) == books[1]
        for name, at in (("postgresql", url), ("sqlite", books[0])):
            to = ("--to", str(tmp_path / name), "--ledger-url", at)
            assert run_cli({}, "export", "focus", *to).code == 0
    ours, theirs = (
        [f.read_bytes() for f in sorted((tmp_path / name).rglob("*.parquet"))]
        for name in ("postgresql", "sqlite")
    )
    assert len(ours) == 2
    assert ours == theirs


@pytest.mark.parametrize(
    ("package", "module", "command"),
    [
        ("pyarrow", "adapters.exports.parquet", ("export", "focus", "--to", "lake")),
        ("fsspec", "adapters.exports.place", ("export", "focus", "--to", "lake")),
        ("prometheus_client", "adapters.metrics.openmetrics", ("metrics", "--month", "2026-10")),
        (
            "opentelemetry",
            "adapters.metrics.otlp",
            ("metrics", "--month", "2026-10", "--otlp", "http://127.0.0.1:9"),
        ),
    ],
)
def test_a_missing_extra_is_told_with_the_line_that_installs_it(
    books: tuple[str, Decimal],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    package: str,
    module: str,
    command: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, f"ci_tokengate.{module}", raising=False)
    for name in [n for n in sys.modules if n.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    done = run_cli({}, *command, "--ledger-url", books[0])
    assert done.code == 2
    assert f"pip install 'ci-tokengate[{command[0]}]'" in done.err


def test_a_month_cut_by_retention_is_left_as_it_was_exported(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    fill(url)
    args = ("export", "focus", "--to", str(tmp_path / "lake"), "--ledger-url", url)
    assert run_cli({}, *args).code == 0
    october = next((tmp_path / "lake").rglob("*2026-10.parquet"))
    before = october.read_bytes()
    with open_ledger(url, create_zone=None, actors="drop", clock=At(NOW)) as ledger:
        assert ledger.forget_before(date(2026, 10, 15)) > 0
    done = run_cli({}, *args)
    assert done.code == 0
    assert "2026-10  left as it is" in done.out
    assert october.read_bytes() == before
    asked = run_cli({}, *args, "--month", "2026-10")
    assert asked.code == 2
    assert "were removed from the ledger" in asked.err
    assert october.read_bytes() == before


@pytest.mark.parametrize(
    ("zone", "kept"),
    [
        ("UTC", ["2026-10"]),
        ("Asia/Kolkata", ["2026-09", "2026-10"]),
        ("America/New_York", ["2026-10", "2026-11"]),
    ],
)
def test_retention_keeps_only_those_utc_months_as_they_are_that_have_hours_of_what_was_removed(
    tmp_path: Path, zone: str, kept: list[str]
) -> None:
    """East of Greenwich October begins in UTC's September, west of it it ends in UTC's November."""
    with open_ledger(
        f"sqlite:///{tmp_path}/l.db", create_zone=zone, actors="drop", clock=At(NOW)
    ) as ledger:
        for month in (9, 10, 11):
            name = CellName(
                proxy=PROXY,
                key_id="0" * 64,
                day=date(2026, month, 15),
                local_day=date(2026, month, 15),
                model="m",
            )
            parts = {Bucket.INPUT: Part(tokens=1, cost=Decimal(1))}
            settled = EntryState.SETTLED
            ledger.accept(
                [
                    Cell(
                        name=name,
                        team_id="t",
                        provider_model="m",
                        version=1,
                        state=settled,
                        parts=parts,
                    )
                ],
                [],
            )
        ledger.close_month("2026-10")
        assert ledger.forget_before(date(2026, 11, 1)) == 1
    done = run_cli(
        {}, "export", "focus", "--to", str(tmp_path), "--ledger-url", f"sqlite:///{tmp_path}/l.db"
    )
    assert [line[:7] for line in done.out.splitlines() if "left as it is" in line] == kept
    assert len(done.out.splitlines()) == 3


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--month", "2026-13"], "is not a month"),
        (["--to", "s5://x"], "no place that an export can go to"),
        (["--ledger-url", "sqlite:////nowhere/ledger.db"], "ledger"),
        (["--version", "1.1"], "'1.1' is not one of '1.2', '1.4'"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_nothing_is_written(
    books: tuple[str, Decimal], tmp_path: Path, args: list[str], words: str
) -> None:
    base = ("export", "focus", "--to", str(tmp_path / "lake"), "--ledger-url", books[0])
    done = run_cli({}, *base, *args)
    assert done.code == 2
    assert words in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "lake").exists()
