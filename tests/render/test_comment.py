"""The comment as whole texts: golden/comment/*.md. `UPDATE_GOLDEN=1` writes them anew; read the diff."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from ci_tokengate.core.cost import CostState
from ci_tokengate.core.money import plain
from ci_tokengate.core.report import Report
from ci_tokengate.render.comment import LONGEST, SIZES, comment, headline, markdown
from ci_tokengate.render.jobs import By
from ci_tokengate.render.record import bounded, marker, read_record
from tests.render.page import page_of
from tests.render.reports import REPORTS, USUAL, cap, cost, key, refused, report, row, standing

GOLDEN = Path(__file__).parent / "golden" / "comment"
BY = By(server_url="https://github.com", run_id="9002", attempt=1)
WORST = "@" * 300
"""Each of its characters takes ten in a comment: a break, and an entity."""


@pytest.mark.parametrize("name", REPORTS)
def test_the_comment_is_as_it_was_read_and_approved(name: str) -> None:
    path = GOLDEN / f"{re.sub('[^a-z]+', '-', name)}.md"
    text = comment(REPORTS[name], BY)
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_golden_file_is_of_a_report() -> None:
    known = {f"{re.sub('[^a-z]+', '-', name)}.md" for name in REPORTS} | {"hostile.md"}
    assert {path.name for path in GOLDEN.iterdir()} == known


@pytest.mark.parametrize("name", REPORTS)
def test_the_first_line_is_the_headline_and_fits_a_line_of_github(name: str) -> None:
    """At 20 px, GitHub's column of some 850 px has about 95 characters."""
    text = headline(REPORTS[name]).replace("<code>", "").replace("</code>", "")
    assert comment(REPORTS[name], BY).splitlines()[0] == f"### {headline(REPORTS[name])}"
    assert len(text) <= 108


@pytest.mark.parametrize("name", REPORTS)
def test_the_exact_figure_stands_in_the_small_print(name: str) -> None:
    small = re.findall(r"<sub>(.*)</sub>", comment(REPORTS[name], BY))
    assert len(small) == 1
    assert f" ${plain(REPORTS[name].cost.total)} by the proxy's log" in small[0]


@pytest.mark.parametrize("name", REPORTS)
def test_the_record_is_read_back_and_tells_the_report(name: str) -> None:
    record = read_record(comment(REPORTS[name], BY))
    assert record.tells(REPORTS[name])
    assert (record.run_id, record.attempt) == ("9002", 1)
    assert record.as_of == REPORTS[name].cost.as_of
    dearer = replace(REPORTS[name].cost, total=REPORTS[name].cost.total + Decimal("1e-10"))
    assert not record.tells(replace(REPORTS[name], cost=dearer))


def test_what_is_not_known_is_never_a_zero() -> None:
    for state in CostState:
        found = cost([row(cost="0", unpriced=1)], state=state)
        assert "not known" in headline(report(found))
        assert "$0.00" not in comment(report(found), BY)


def test_a_running_job_or_a_price_that_is_missing_shows_in_the_first_line() -> None:
    assert "so far · provisional" in headline(REPORTS["running jobs"])
    assert "at least $3.31 · settled" in headline(REPORTS["calls without a price, known by a list"])
    assert "at least $3.31 · unknown" in headline(REPORTS["rows that the proxy has lost"])


def _thousands() -> Report:
    """Of everything, and every name as long as can be."""
    many = range(2000)
    teams = [standing(f"{n}{WORST}") for n in many]
    return report(
        cost(
            [row(f"{n}{WORST}", use_case=f"{n}{WORST}", unpriced=1) for n in many],
            [
                key(f"{n}{WORST}", run_id=f"{n}{WORST}", use_case=WORST, by_cap=1, by_team=1)
                for n in many
            ],
        ),
        *teams,
        caps=tuple(cap(use_case=f"{n}{WORST}") for n in many),
        refused=bounded(
            replace(refused(WORST, f"{n}{WORST}"), team=WORST, use_case=WORST) for n in many
        ),
    )


def test_thousands_of_everything_with_the_worst_names_fit_with_record_and_notice() -> None:
    huge = _thousands()
    text = comment(huge, BY)
    assert len(text) <= LONGEST
    assert "*Cut: a comment holds 65,536 characters." in text
    assert marker("acme/shop", 7) in text
    assert read_record(text).tells(huge)
    assert text.splitlines()[0] == f"### {headline(huge)}"
    assert text.count("<details>") == text.count("</details>") == 1
    shown = page_of(text)
    assert shown.strays == [], "every element that is opened is closed"
    assert set(shown.rows) == {7}, "no row of the table is cut"
    assert shown.free.count("Cut: a comment holds 65,536 characters.") == 1
    assert len(shown.comments) == 2, "marker and record"


def test_thousands_of_jobs_and_models_are_added_up_where_they_are_left_out() -> None:
    rows = [row(f"model-{n}", str(n), requests=1) for n in range(3000)]
    jobs = [key(f"job-{n}", str(n)) for n in range(3000)]
    text = comment(report(cost(rows, jobs), standing()), BY)
    assert len(text) <= LONGEST
    assert "Cut:" not in text
    left_out = sum(range(3000 - SIZES[0]))
    assert f"2,900 more | 2,900 | 57,463,500 | 2,198,200 | – | ${left_out:,}.00 |" in text
    assert "| **all** | **3,000** |" in text
    assert f"- … and {3000 - SIZES[0]:,} earlier jobs\n" in text
    assert "`job-2999`" not in text
    assert "job-2999" in text
    assert "model-2999<" in text  # the dearest stay


def test_a_full_record_says_that_it_has_forgotten() -> None:
    many = bounded(refused(f"job-{n}") for n in range(1000))
    text = headline(report(cost(), refused=many))
    assert re.search("at least 100 jobs refused", text)


def test_the_step_summary_is_the_comment_without_marker_and_record() -> None:
    assert comment(USUAL, BY).startswith(markdown(USUAL, BY))
    assert "<!--" not in markdown(USUAL, BY)


def test_a_server_that_is_no_address_makes_no_links() -> None:
    for server in ("", "javascript:alert(1)", "https://", "https://x) ![y](http://z", "https://[x"):
        assert "](http" not in markdown(USUAL, replace(BY, server_url=server)).split("<sub>")[0]
