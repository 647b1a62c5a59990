"""What `export focus` writes, judged by FOCUS's own validator and by exact arithmetic."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec.focus.gate import arithmetic, focus_1_2, focus_1_4
from tests.stage.books import fill
from tests.stage.entries import run_cli

pytestmark = pytest.mark.spec
BAD = Path(__file__).with_name("bad.csv")
"""Line 2 has a service category that there is not, line 3 a currency in small letters, and line 4
a list cost that is not price × quantity."""
MONTHS = ("2026-10", "2026-11")


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """October is closed, November has its corrections; both have what is unpriced and hostile."""
    folder = tmp_path_factory.mktemp("focus")
    url = f"sqlite:///{folder}/ledger.db"
    fill(url)
    for version in ("1.2", "1.4"):
        for fmt in ("csv", "parquet"):
            args = ("--to", str(folder), "--version", version, "--format", fmt)
            done = run_cli({}, "export", "focus", "--ledger-url", url, *args)
            assert done.code == 0, done.err
    return folder


def file_of(folder: Path, version: str, fmt: str, month: str) -> Path:
    [found] = folder.glob(f"focus-{version}-{fmt}/billing_period={month}/*")
    return found


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_no_rule_of_focus_1_2_is_broken(exported: Path, fmt: str, month: str) -> None:
    judged = focus_1_2(file_of(exported, "1.2", fmt, month))
    assert judged.broken == (), judged.report
    assert judged.total == 578
    assert judged.passed >= 287


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_the_structure_is_that_of_focus_1_4(exported: Path, fmt: str, month: str) -> None:
    code, said = focus_1_4(file_of(exported, "1.4", fmt, month))
    assert "structural+semantic lint OK" in said
    assert code == 0


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("version", ["1.2", "1.4"])
def test_price_times_quantity_is_the_cost_in_every_row(
    exported: Path, version: str, month: str
) -> None:
    assert arithmetic(file_of(exported, version, "csv", month)) == []


def test_each_check_can_fail() -> None:
    judged = focus_1_2(BAD)
    assert any(rule.startswith("BillingCurrency") for rule in judged.broken)
    assert any(rule.startswith("ServiceName") for rule in judged.broken)  # one name, two categories
    assert arithmetic(BAD) == [4]
    code, said = focus_1_4(BAD)
    assert code != 0
    assert "ProviderName is not a FOCUS 1.4 Cost and Usage column" in said
    assert "missing_mandatory_column" in said
