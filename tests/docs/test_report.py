"""What the README and docs/report.md say of the report is so."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from ci_tokengate.cli.report import report
from ci_tokengate.core.showback.reading import MONTHS, WEEKS
from ci_tokengate.core.showback.tiers import needed
from ci_tokengate.render.showback.as_csv import HEAD
from ci_tokengate.wiring.reports import FORMS
from tests.docs.tables import README, ROOT

DOC = (ROOT / "docs" / "report.md").read_text("utf-8")
BOTH = README.read_text("utf-8") + DOC


@pytest.mark.parametrize("line", re.findall(r"^ci-tokengate report\b.*$", BOTH, re.MULTILINE))
def test_each_command_is_one_that_the_command_line_takes(line: str) -> None:
    args = shlex.split(line, comments=True)[2:]
    context = click.Context(report, info_name="report")
    report.parse_args(context, args)


def test_every_form_and_every_place_is_told() -> None:
    for form in FORMS:
        assert f"| `{form}` |" in DOC
    [places] = [p for p in report.params if p.name == "places"]
    assert isinstance(places.type, click.Choice)
    for place in places.type.choices:
        assert f"| `{place}` |" in DOC


def test_the_columns_of_the_csv_are_told() -> None:
    for column in HEAD:
        assert f"`{column}`" in DOC


def test_the_trend_is_as_long_as_it_is_said_to_be() -> None:
    assert (MONTHS, WEEKS) == (12, 13)
    assert "twelve months and thirteen whole ISO weeks" in DOC


def test_the_words_that_tell_a_tasks_need_are_those_of_the_code() -> None:
    for words, tier in re.findall(r"((?:\*\w+\*(?:, )?)+): (fast|middle|strong)", DOC):
        for word in re.findall(r"\w+", words):
            found, _ = needed(word, None)
            assert found is not None, word
            assert found.value == tier, word
