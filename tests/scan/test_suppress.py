"""Suppressions: what they end, and what becomes of them."""

from __future__ import annotations

import random
from datetime import date

import pytest

from ci_tokengate.commands.scan import Wanted, scan
from ci_tokengate.scan.engines.literal import Literal
from ci_tokengate.scan.report import Report
from ci_tokengate.scan.text import Text
from tests.scan.keys.samples import SAMPLES

KEY = SAMPLES[0].make(random.Random("suppress"))
WHY = 'reason="a test key of the vendor"'


def rules(text: str, *, today: date = date(2027, 1, 31), honor: tuple[str, ...] = ()) -> list[str]:
    return [f.rule for f in report(text, today, honor).findings]


def report(text: str, today: date, honor: tuple[str, ...] = ()) -> Report:
    wanted = Wanted(engine=Literal(), today=today, honor=honor)
    return scan([Text(path="a.txt", data=text.encode())], wanted, read=lambda _: None)


@pytest.mark.parametrize(
    "line",
    [
        f"k = '{KEY}'  # tokengate: ignore[TG001] {WHY}",
        f"# tokengate: ignore[TG001] {WHY}\nk = '{KEY}'",
        f"k = '{KEY}'; // tokengate: ignore[TG001] {WHY}",
        f"/* tokengate: ignore[TG001] {WHY} */ k = '{KEY}'",
        f"<!-- tokengate: ignore[TG001] {WHY} -->\n{KEY}",
        f"-- tokengate: ignore[TG001] {WHY}\n{KEY}",
        f"; tokengate: ignore[TG001] {WHY}\n{KEY}",
        f"% tokengate:ignore[ TG001 , TG002 ] {WHY}\n{KEY}",
        f"{{# tokengate: ignore[TG002,TG001] {WHY} #}}\n{KEY}",
        f'"//": "tokengate: ignore[TG001] reason=\'vendor\'",\n"k": "{KEY}"',
        f"# tokengate: ignore[TG001] {WHY} until=2027-01-31\nk = '{KEY}'",
    ],
)
def test_a_comment_on_the_line_or_above_it_suppresses_in_any_language(line: str) -> None:
    assert rules(line) == []
    assert report(line, date(2027, 1, 31)).suppressed == 1


def test_it_ends_only_the_rules_that_it_names() -> None:
    assert rules(f"# tokengate: ignore[TG002] {WHY}\n{KEY}") == ["TG001"]
    assert rules(f"# tokengate: ignore {WHY}\n{KEY}") == ["TG001"]
    assert rules(f"# tokengate: ignore[TG001] {WHY}\n\n{KEY}") == ["TG001"]


@pytest.mark.parametrize("reason", ["", "reason=", 'reason=""', 'reason="  "', "because"])
def test_without_a_reason_it_does_not_count_and_is_a_finding(reason: str) -> None:
    assert sorted(rules(f"# tokengate: ignore[TG001] {reason}\n{KEY}")) == ["TG001", "TG011"]


@pytest.mark.parametrize("until", ["2027-01-30", "2026-12-31", "soon", "2027-02-30"])
def test_past_its_date_it_does_not_count_and_is_a_finding(until: str) -> None:
    text = f"# tokengate: ignore[TG001] {WHY} until={until}\n{KEY}"
    assert sorted(rules(text)) == ["TG001", "TG010"]
    [ended] = [f for f in report(text, date(2027, 1, 31)).findings if f.rule == "TG010"]
    assert (ended.line, until in ended.message) == (1, True)


@pytest.mark.parametrize(
    ("scanner", "comment"),
    [
        ("gitleaks", "gitleaks:allow"),
        ("detect-secrets", "pragma: allowlist secret"),
        ("trufflehog", "trufflehog:ignore"),
        ("kingfisher", "kingfisher:ignore"),
    ],
)
def test_other_scanners_comments_count_on_request_only(scanner: str, comment: str) -> None:
    text = f"k = '{KEY}'  # {comment}"
    assert rules(text) == ["TG001"]
    assert rules(text, honor=(scanner,)) == []
