"""`ci-tokengate metrics`, from a ledger to a file and to a collector."""

from __future__ import annotations

import shutil
import stat
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.adapters.metrics.receiver import receiving
from tests.stage.books import fill
from tests.stage.entries import run_cli


@pytest.fixture(scope="module")
def ledger_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('books')}/ledger.db"
    fill(url)
    return url


def values(text: str, name: str) -> dict[str, float]:
    [family] = [f for f in text_string_to_metric_families(text) if f.name == name]
    return {sample.labels["tokengate_team_name"]: sample.value for sample in family.samples}


def test_the_file_has_the_figures_of_the_report(ledger_url: str, tmp_path: Path) -> None:
    file = tmp_path / "tokengate.prom"
    args = ("metrics", "--ledger-url", ledger_url, "--month", "2026-10")
    done = run_cli({}, *args, "--to", str(file))
    assert (done.code, done.said) == (0, "")
    text = file.read_text("utf-8")
    assert text == run_cli({}, *args).out
    assert stat.S_IMODE(file.stat().st_mode) & 0o044 == 0o044
    assert [p.name for p in tmp_path.iterdir()] == ["tokengate.prom"]
    assert set(values(text, "tokengate_cost_spend_usd")) == {
        "payments-squad",
        "search-squad",
        "(no team)",
    }


def test_the_collector_gets_the_same_figures_as_the_file(ledger_url: str) -> None:
    args = ("metrics", "--ledger-url", ledger_url, "--month", "2026-10")
    with receiving() as receiver:
        done = run_cli({}, *args, "--otlp", receiver.url)
        sent = receiver.points()["tokengate.cost.spend"]
    assert done.code == 0
    assert "figures of 2026-10 went to" in done.err
    by_team = {dict(labels)["tokengate.team.name"]: value for labels, value in sent.items()}
    assert by_team == values(run_cli({}, *args).out, "tokengate_cost_spend_usd")


def test_promtool_finds_nothing_to_say(ledger_url: str) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian has it in the package prometheus)")
    text = run_cli({}, "metrics", "--ledger-url", ledger_url, "--month", "2026-10").out
    for given, code in ((text, 0), (text.replace("# HELP vcs_changes ", "# was HELP "), 3)):
        done = subprocess.run(
            [promtool, "check", "metrics"], input=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr


def test_the_spend_is_the_exports_for_a_month_without_corrections(
    ledger_url: str, tmp_path: Path
) -> None:
    """In floats, to the sixteenth digit or so."""
    import pyarrow.parquet as pq

    to = ("--to", str(tmp_path), "--month", "2026-10")
    assert run_cli({}, "export", "focus", "--ledger-url", ledger_url, *to).code == 0
    [file] = tmp_path.rglob("*.parquet")
    found: dict[str, Decimal] = {}
    for row in pq.ParquetFile(file).read(["SubAccountName", "BilledCost"]).to_pylist():
        team = row["SubAccountName"] or "(no team)"
        found[team] = found.get(team, Decimal(0)) + row["BilledCost"]
    text = run_cli({}, "metrics", "--ledger-url", ledger_url, "--month", "2026-10").out
    assert values(text, "tokengate_cost_spend_usd") == {t: float(c) for t, c in found.items()}


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["--otlp", "collector:4318"], 2, "--otlp is no http(s) address"),
        (["--to", "/nowhere/x.prom"], 2, "/nowhere/x.prom cannot be written"),
        (["--month", "2026-13"], 2, "no month"),
        (["--ledger-url", "sqlite:////nowhere/ledger.db"], 2, "ledger"),
        (["--otlp", "http://127.0.0.1:9", "--timeout", "0.2"], 3, "did not take the metrics"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    ledger_url: str, args: list[str], code: int, words: str
) -> None:
    done = run_cli({}, "metrics", "--ledger-url", ledger_url, *args)
    assert done.code == code
    assert words in done.err
    assert "Traceback" not in done.err


def test_the_file_before_stands_where_there_is_nothing_to_say(
    ledger_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "tokengate.prom"
    file.write_text("before")
    done = run_cli(
        {}, "metrics", "--ledger-url", ledger_url, "--month", "2099-01", "--to", str(file)
    )
    assert done.code == 2
    assert file.read_text() == "before"


def test_a_month_without_a_figure_is_said_to_be_one_and_no_file_is_written(
    ledger_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "tokengate.prom"
    done = run_cli(
        {}, "metrics", "--ledger-url", ledger_url, "--month", "2026-01", "--to", str(file)
    )
    assert done.code == 2
    assert "The ledger has no figures of 2026-01." in done.err
    assert not file.exists()
