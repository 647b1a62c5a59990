"""What strangers name stays text in a spreadsheet and in Markdown, whoever renders it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.render import inventory
from ci_tokengate.render.cells import cell
from ci_tokengate.render.markdown import escaped
from ci_tokengate.render.scan.words import printable
from ci_tokengate.scan.inventory import Call, Inventory, Verdict
from tests.render.page import html_of, page_of

FORMULAS = ("=1+1", "\t=1", "\r-1", "＝1", " @SUM(1)", "x;=1", "\x00=1", "\ufeff+1")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_never_begins_a_formula(text: str) -> None:
    for part in cell(text).replace("\t", ";").replace("\r", ";").split(";"):
        assert part.strip("\x00\ufeff ")[:1] not in tuple("=+-@＝＋－＠")


def test_text_that_is_none_stays_as_it_is() -> None:
    for text in ("", "a-b", "src/x.py", "5 - 3", "a@b"):
        assert cell(text) == text


@given(st.text(alphabet="\n\t\r ;=-\x00\x1fx\ufeff", max_size=60))
def test_a_defused_text_has_nothing_left_to_defuse(text: str) -> None:
    assert cell(cell(text)) == cell(text)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_file_named_as_a_formula_is_none_in_the_inventory(text: str) -> None:
    [_, row] = csv.reader(io.StringIO(inventory.as_csv(_of(text)), newline=""))
    assert row[1] == cell(printable(text))


@pytest.mark.parametrize(
    "name",
    [
        "![x](https://evil.example/p.png)",
        "[click](https://evil.example)",
        "@acme/security",
        "`code` <b>",
        "&#64;acme",
        "a|b",
    ],
)
def test_a_file_named_as_markup_is_none_in_the_inventory(name: str) -> None:
    page = page_of(inventory.markdown(_of(name)))
    assert not {"img", "a", "b"} & set(page.elements)
    assert "@acme" not in page.free
    assert name in page.codes


def test_a_file_named_as_a_command_to_the_runner_is_none_in_the_inventory() -> None:
    lines = inventory.table(_of("a\n::add-mask::x\x1b[2J")).splitlines()
    assert len(lines) == 2
    assert "\x1b" not in "".join(lines)


def test_an_entity_in_data_is_no_markup() -> None:
    assert html_of(escaped("&#64;octocat")).strip() == "<p>&amp;#64;octocat</p>"


def _of(path: str) -> Inventory:
    call = Call(path=path, line=1, what=path, where="app", verdict=Verdict.DIRECT, why="no proxy")
    return Inventory(calls=(call,))
