"""Names that strangers choose are text, in every form."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci_tokengate.core.showback.values import Showback
from ci_tokengate.render.showback import charts
from ci_tokengate.render.showback.as_csv import HEAD, as_csv, safe
from ci_tokengate.render.showback.as_json import as_json
from ci_tokengate.render.showback.markdown import LONGEST, markdown
from ci_tokengate.render.showback.mermaid import label
from ci_tokengate.render.showback.page import page
from ci_tokengate.render.showback.posting import marker, posting, posting_title
from ci_tokengate.render.showback.slack import message, name
from ci_tokengate.render.showback.text import text
from ci_tokengate.render.showback.workbook import workbook
from tests.core.showback.readings import Books, budget, spent
from tests.render.page import page_of
from tests.render.showback import acme
from tests.render.showback.hostile import NAMES, report

KNOWN = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "header",
        "section",
        "footer",
        "p",
        "h1",
        "h2",
        "h3",
        "div",
        "span",
        "b",
        "i",
        "s",
        "small",
        "bdi",
        "ul",
        "li",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "svg",
        "g",
        "path",
        "text",
        "rect",
        "polyline",
        "defs",
        "clippath",
        "line",
    ]
)


@pytest.fixture(scope="module")
def html() -> str:
    return page(report())


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str, str]] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name, value or "") for name, value in attrs}


def test_html_has_our_elements_only_and_no_handler_link_or_source(html: str) -> None:
    found = Elements(html)
    assert found.tags <= KNOWN
    names = {name for _, name, _ in found.attributes}
    assert [n for n in names if n.startswith("on")] == []
    assert names & {"src", "href", "action", "srcset", "data", "background"} == set()
    styles = {value for _, name, value in found.attributes if name == "style"}
    assert all(re.fullmatch(r"(width|left):[\d.]+%", value) for value in styles if value)
    assert "49" not in re.findall(r"<bdi>(\d+)", html)


def test_html_forbids_every_request_and_names_no_other_place(html: str) -> None:
    assert "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'" in html
    style = html.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert set(re.findall(r"url\(([^)]*)\)", html)) <= {
        f"#{found}" for found in re.findall(r'id="([^"]+)"', html)
    }


def test_charts_are_well_formed_and_hold_names_as_text() -> None:
    svg = charts.mix_svg(report())
    root = ElementTree.fromstring(svg)
    assert {e.tag.rpartition("}")[2] for e in root.iter()} <= KNOWN | {"clipPath"}
    words = " ".join(e.text or "" for e in root.iter())
    assert "<script>" in words


def test_ids_of_a_page_are_unique(html: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page(acme.report()))
    assert ids
    assert len(ids) == len(set(ids))


def test_markdown_has_no_element_link_or_mention_of_theirs() -> None:
    found = page_of(posting(report()))
    assert set(found.elements) <= {
        "h2",
        "h3",
        "p",
        "strong",
        "br",
        "code",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "sub",
        "details",
        "summary",
        "ul",
        "li",
        "wbr",
        "blockquote",
        "pre",
    }
    assert found.links == []
    assert "@octocat" not in found.free
    assert "#1" not in found.free
    assert found.strays == []
    assert [c for c in found.comments if "tokengate:report" not in c] == []
    assert len(set(found.rows)) > 1


def test_every_row_of_a_markdown_table_has_as_many_cells_as_its_head() -> None:
    lines = posting(report()).splitlines()
    for number, line in enumerate(lines):
        if re.fullmatch(r"\|(-+:?\|)+", line):
            width = line.count("|")
            below = iter(lines[number + 1 :])
            for row in below:
                if not row.startswith("|"):
                    break
                assert row.count("|") == width, row


@given(st.text())
def test_a_label_of_mermaid_is_one_quoted_word(text: str) -> None:
    found = label(text)
    assert re.fullmatch(r'"[^"`;%{}\n\\#<>&()\[\]]{1,24}"', found)


def test_mermaid_is_fenced_whole() -> None:
    for block in re.findall(r"```mermaid\n(.*?)\n```", markdown(report()), re.DOTALL):
        assert block.split("\n")[0] in (
            "xychart-beta",
            "xychart-beta horizontal",
            "pie showData",
        )
        assert "javascript" not in block.replace("javascript·alert", "")
        assert "%%" not in block


def test_no_cell_of_the_csv_is_a_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(report()))))
    assert list(rows[0]) == list(HEAD)
    for row in rows:
        for field, cell in row.items():
            if field != "value":
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
            assert "\n" not in cell
    teams = {row["team"] for row in rows}
    assert "'=cmd|'/C calc'!A0" in teams
    assert all(re.fullmatch(r"|-?[\d.]+|[A-Za-z0-9][\w :.,-]*", row["value"]) for row in rows)


@given(st.text())
def test_no_text_becomes_a_formula(text: str) -> None:
    found = safe(text)
    assert not found.startswith(("=", "+", "-", "@"))
    assert not {"\n", "\r", "\t"} & set(found)


def test_no_cell_of_the_spreadsheet_is_a_formula_or_a_link() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(report())))
    kinds = set()
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                kinds.add(cell.data_type)
                assert cell.hyperlink is None
    assert kinds <= {"s", "n"}
    assert "=cmd|'/C calc'!A0" in {row[0] for row in book["Chargeback"].iter_rows(values_only=True)}


def test_text_moves_no_cursor_and_turns_no_direction() -> None:
    for color in (False, True):
        told = re.sub(r"\x1b\[[\d;]*m", "", text(report(), color=color))
        bad = [c for c in told if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"]
        assert bad == []


def test_rich_takes_no_name_for_its_markup() -> None:
    books = Books(spent=[spent(team="[bold red]x[/]", use_case=":warning:")])
    told = text(books.report(), color=True)
    assert "[bold red]x[/]" in told
    assert ":warning:" in told


def test_a_message_to_slack_mentions_nobody_and_makes_no_link() -> None:
    body = json.dumps(message(report()), ensure_ascii=False)
    assert "<" not in body
    assert ">" not in body
    assert "&lt;!channel&gt;" in body


@given(st.text())
def test_a_name_cannot_end_its_code_in_slack(text: str) -> None:
    found = name(text)
    assert found.count("`") == 2
    assert not {"<", ">", "\n"} & set(found)


def test_a_message_to_slack_is_within_its_limits() -> None:
    found = message(report(), link="https://acme.example/r")
    assert len(found["blocks"]) <= 50
    assert len(found["blocks"][0]["text"]["text"]) <= 150
    for block in found["blocks"][1:]:
        texts = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
        assert all(len(t["text"]) <= 3000 for t in texts if t)
        assert len(block.get("fields", ())) <= 10
        assert len(block.get("elements", ())) <= 10


@pytest.mark.parametrize("team", NAMES.values(), ids=list(NAMES))
def test_the_marker_and_title_of_a_bad_teams_report_stay_whole(team: str) -> None:
    found = report(team)
    assert re.fullmatch(r"<!-- tokengate:report:2026-10:[0-9a-f]{12} -->", marker(found))
    title = posting_title(found)
    assert len(title) <= 250
    assert not re.search(r"[@#<>`\n]", title)
    assert posting(found).endswith(f"{marker(found)}\n")


def many(teams: int) -> Showback:
    rows = [
        spent(f"{n % 97}.{n:04}", team=f"team-{n:05}-{'y' * 40}", pull=n, cost_center=f"C-{n:05}")
        for n in range(teams)
    ]
    return Books(spent=rows, budgets=[budget(r.team_id) for r in rows]).report()


def test_two_thousand_teams_make_less_than_a_megabyte_and_lose_no_dollar() -> None:
    found = many(2000)
    made = page(found)
    assert len(made.encode()) <= 1_000_000
    assert "1,900 more" in made
    assert len(posting(found)) <= LONGEST
    assert "more" in text(found)
    assert len(as_json(found)["teams"]) == 2000
    assert len(json.dumps(message(found))) < 30_000
    book = openpyxl.load_workbook(io.BytesIO(workbook(found)))
    assert book["Budgets"].max_row == 2001


def test_the_worst_of_names_in_two_thousand_teams_fit_an_issue() -> None:
    rows = [spent("1", team=f"{n}{'<&|*' * 60}", use_case="<&|*" * 60, pull=n) for n in range(2000)]
    assert len(posting(Books(spent=rows).report())) <= LONGEST


@settings(max_examples=20)
@given(st.text(min_size=1), st.text(min_size=1))
def test_any_name_makes_every_form(one: str, two: str) -> None:
    row = spent(team=one, use_case=two, model=one, cost_center=two)
    found = replace(Books(spent=[row]), budgets=[budget(one)]).report()
    assert page_of(markdown(found)).strays == []
    csv.reader(io.StringIO(as_csv(found)))
    assert text(found)
    assert workbook(found)
    json.dumps(as_json(found))
