"""`ci-tokengate report`, on a ledger."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import pytest

from ci_tokengate.wiring.ledgers import open_ledger
from tests.cli.report.conftest import Report, fill
from tests.core.showback.readings import pulls_read, reads

BLOCKED = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError("No module named " + name, name=name)
sys.meta_path.insert(0, Missing())
sys.argv = ["ci-tokengate", *{args!r}]
from ci_tokengate.cli import main
main()
"""


def test_the_golden_values_on_a_terminals_width(report: Report) -> None:
    done = report()
    assert done.code == 0, done.err
    assert "$4,300.00 over 105 merged pull requests: $40.95 each." in done.out
    lines = {line.split()[0]: line.split() for line in done.out.splitlines() if "squad" in line}
    assert lines["payments-squad"][1:] != []
    assert "$37.65" in done.out
    assert "$55.00" in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    assert "\x1b" not in done.said


def test_every_form_goes_to_a_file_by_its_name_and_the_ledger_is_read_once(
    report: Report, tmp_path: Path
) -> None:
    names = ["r.html", "r.xlsx", "r.csv", "r.json", "r.md", "r.txt"]
    done = report(*(part for name in names for part in ("-o", name)))
    assert (done.code, done.out) == (0, "")
    assert [line for line in done.err.splitlines() if line.startswith("✔")] == [
        f"✔ {name}" for name in names
    ]
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("r.")) == sorted(names)
    assert "$37.65" in (tmp_path / "r.html").read_text("utf-8")
    assert json.loads((tmp_path / "r.json").read_text())["teams"][0]["budget"]["percent"] == "80"
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "r.xlsx").read_bytes()))
    assert book["Cost per merged PR"]["E2"].value == pytest.approx(3200 / 85)


def test_json_on_standard_output_is_json_and_one_team_is_that_team(report: Report) -> None:
    done = report("--format", "json", "--team", "search-squad")
    body = json.loads(done.out)
    assert [team["name"] for team in body["teams"]] == ["search-squad"]
    assert body["cost_per_merged_pr"]["per_merged_pr_usd"] == "55"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--month", "2999-01"), "2999-01 has not begun yet in UTC"),
        (("--month", "October"), "--month is 'October', which is no month."),
        (("--team", "serch-squad"), "Did you mean search-squad?"),
        (("-o", "report.pdf"), "does not say what form"),
        (("-o", "no/such/folder/r.csv"), "cannot be written"),
        (("--send", "slack"), "There is no webhook"),
        (("--send", "github-issue", "--repository", "acme/shop"), "There is no token"),
        (("--send", "github-issue"), "Give --repository owner/name."),
        (("--link", "javascript:alert(1)"), "no web address"),
        (("--ledger-url", "sqlite:///none.db"), "There is no ledger"),
        (("--policy", "none.yml"), "cannot be read"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_2(
    report: Report, args: tuple[str, ...], said: str
) -> None:
    done = report(*args)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.said
    assert done.out == ""


def test_a_difference_is_told_and_passes_unless_it_is_strict(
    report: Report, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/other.db"
    fill(url, at_proxy="3200.5")
    done = report(TOKENGATE_LEDGER_URL=url)
    assert done.code == 0
    assert "ledger − proxy = −$0.50" in done.out
    strict = report("--strict", TOKENGATE_LEDGER_URL=url)
    assert strict.code == 1
    assert "Ledger and proxy differ" in strict.err
    assert report("--strict").code == 0


def test_months_are_those_of_the_ledgers_zone(report: Report, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/kolkata.db"
    fill(url, zone="Asia/Kolkata")
    done = report("--format", "json", TOKENGATE_LEDGER_URL=url)
    assert json.loads(done.out)["zone"] == "Asia/Kolkata"
    assert "days of Asia/Kolkata" in report(TOKENGATE_LEDGER_URL=url).out


def test_without_a_policy_the_proxys_names_and_the_recorded_plans_serve(report: Report) -> None:
    done = report("--format", "json", TOKENGATE_POLICY="")
    team = json.loads(done.out)["teams"][0]
    assert (team["name"], team["budget"]["plan_from"]) == ("payments-squad", "as recorded")


def test_this_month_is_meant_where_none_is_given(report: Report) -> None:
    done = report("--month", "", "--format", "json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["over"] is False


def blocked(names: tuple[str, ...], *args: str) -> subprocess.CompletedProcess[str]:
    code = BLOCKED.format(names=set(names), args=args)
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("missing", "form", "extra"),
    [
        ("rich", "text", "report"),
        ("jinja2", "html", "report"),
        ("vl_convert", "html", "report"),
        ("xlsxwriter", "xlsx", "report"),
        ("sqlalchemy", "csv", "ledger"),
    ],
)
def test_a_missing_extra_is_one_sentence_with_the_line_that_mends_it(
    ledger_url: str, missing: str, form: str, extra: str
) -> None:
    args = ("report", "--month", "2026-10", "--ledger-url", ledger_url, "--format", form)
    done = blocked((missing,), *args)
    assert done.returncode == 2
    assert f"pip install 'ci-tokengate[{extra}]'" in done.stderr
    assert "packages that are not installed" in done.stderr
    assert "Traceback" not in done.stderr


def test_json_csv_and_markdown_need_no_package_of_the_extra(ledger_url: str) -> None:
    extra = (
        "rich",
        "jinja2",
        "vl_convert",
        "xlsxwriter",
        "altair",
    )  # markupsafe comes with alembic
    for form in ("json", "csv", "md"):
        args = ("report", "--month", "2026-10", "--ledger-url", ledger_url, "--format", form)
        done = blocked(extra, *args)
        assert done.returncode == 0, done.stderr
        assert "37.65" in done.stdout or "37.6470588" in done.stdout


def test_a_ledger_with_nothing_in_it_has_a_report_in_every_form(
    report: Report, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/empty.db"
    with open_ledger(url, create_zone="UTC"):
        pass
    names = ("r.html", "r.xlsx", "r.csv", "r.json", "r.md", "r.txt")
    outputs = [part for name in names for part in ("-o", name)]
    done = report(*outputs, TOKENGATE_LEDGER_URL=url)
    assert done.code == 0, done.err
    assert "merged is not known" in (tmp_path / "r.txt").read_text("utf-8")
    body = json.loads((tmp_path / "r.json").read_text())
    assert body["cost_per_merged_pr"]["per_merged_pr_usd"] is None
    assert body["cost_per_merged_pr"]["merged"] is None
    assert body["trust"]["coverage"] is None


def test_a_month_in_which_nothing_was_spent_is_one_that_was_read(
    report: Report, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/quiet.db"
    with open_ledger(url, create_zone="UTC") as ledger:
        for read in reads():
            ledger.put_day_read(read)
        ledger.put_pulls_read(pulls_read())
    done = report(TOKENGATE_LEDGER_URL=url, TOKENGATE_POLICY="")
    assert "$0.00, and no pull request was merged." in done.out
    assert "Coverage: n/a, nothing was spent." in done.out
    assert "read up to 9 Nov 2026 08:00 UTC" in done.out


def test_the_last_month_is_the_one_before_this_by_the_ledgers_zone(
    report: Report, ledger_url: str
) -> None:
    today = datetime.now(timezone.utc).date()
    last = f"{today.replace(day=1) - timedelta(days=1):%B %Y}"
    assert f"AI spend of {last}" in report("--month", "last").out


def test_a_month_of_which_no_day_was_read_does_not_blame_the_credential(report: Report) -> None:
    told = report("--month", "2026-09").out
    assert "Coverage: not known. `ci-tokengate collect` has read no day of this month." in " ".join(
        told.split()
    )
    assert "credential" not in told
