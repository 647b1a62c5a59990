"""The ledger's commands, as they are typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ci_tokengate.cli import main
from ci_tokengate.wiring.ledgers import open_ledger
from tests.adapters.ledger.made import cell, key, settled

Told = tuple[int, str, str]
Run = Callable[..., Told]


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TOKENGATE_LEDGER_URL", raising=False)


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*args: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["ci-tokengate", "ledger", *args])
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        told = capsys.readouterr()
        assert isinstance(code, int)
        return code, told.out, told.err

    return run


def _spend() -> None:
    old = settled(cell(1, day=date(2026, 1, 15), cost="3.42"))
    with open_ledger("sqlite:///tokengate.db") as found:
        found.accept([old, cell(2, day=date(2026, 2, 1), cost="1")], [key(1)])


def test_a_ledger_is_made_once_and_keeps_its_settings(ledger: Run) -> None:
    made = "✔ The ledger is ready: zone Europe/Berlin, actors hash, schema "
    for _ in range(2):
        code, out, err = ledger("init", "--zone", "Europe/Berlin", "--actors", "hash")
        assert (code, err) == (0, "")
        assert out.startswith(made)
    code, out, err = ledger("init", "--zone", "Europe/Berlin")
    assert (code, out) == (2, "")
    assert "its actors is hash, not drop" in err
    code, _, err = ledger("init", "--actors", "hash")
    assert code == 2
    assert "its zone is Europe/Berlin, not UTC" in err


def test_info_says_what_a_ledger_holds(ledger: Run) -> None:
    assert ledger("init")[0] == 0
    assert "holds          nothing yet" in ledger("info")[1]
    _spend()
    assert ledger("close-month", "2026-01")[0] == 0
    _, out, _ = ledger("info")
    assert out.splitlines()[1:] == [
        "holds          $4.42 from 2026-01-15 to 2026-02-01",
        "of it          $3.42 attributed, $1.00 still open",
        "closed months  2026-01",
    ]
    body = json.loads(ledger("info", "--format", "json")[1])
    assert {k: v for k, v in body.items() if k != "schema"} == {
        "zone": "UTC",
        "actors": "drop",
        "first_day": "2026-01-15",
        "last_day": "2026-02-01",
        "total_usd": "4.42",
        "attributed_usd": "3.42",
        "open_usd": "1",
        "closed_months": ["2026-01"],
    }


def test_a_month_with_open_entries_stays_open_and_is_told(ledger: Run) -> None:
    _spend()
    code, out, err = ledger("close-month", "2026-02")
    assert (code, out) == (2, "")
    assert "2026-02 has 2 open entries, the last of 2026-02-01" in err
    assert ledger("close-month", "nonsense")[0] == 2


def test_forgetting_says_how_much_is_gone_and_keeps_the_sums(ledger: Run) -> None:
    _spend()
    ledger("close-month", "2026-01")
    assert ledger("forget", "--before", "2026-03-01")[1] == (
        "✔ 2 entries were removed; the sums of their days stay.\n"
    )
    assert "$4.42 from 2026-01-15" in ledger("info")[1]
    assert ledger("forget", "--before", "soon")[0] == 2
    assert ledger("forget")[0] == 2


def test_no_command_but_init_makes_a_ledger(ledger: Run) -> None:
    for args in (("info",), ("close-month", "2026-01"), ("forget", "--before", "2026-01-01")):
        code, out, err = ledger(*args)
        assert (code, out) == (2, "")
        assert "There is no ledger at tokengate.db." in err
    assert os.listdir() == []


def test_the_address_comes_from_the_variable_and_its_password_is_never_shown(
    ledger: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = "postgresql+psycopg://ledger:hunter2hunter2@127.0.0.1:1/books"
    monkeypatch.setenv("TOKENGATE_LEDGER_URL", address)
    code, out, err = ledger("info")
    assert (code, out) == (3, "")
    assert "The ledger 127.0.0.1:1/books cannot be reached." in err
    assert "hunter2" not in err


def test_without_its_packages_the_command_says_how_to_get_them() -> None:
    program = (
        "import sys; sys.modules['sqlalchemy'] = None; from ci_tokengate.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "ledger", "init"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "✖ The ledger needs packages that are not installed.",
        "  Run: pip install 'ci-tokengate[ledger]'",
    ]
