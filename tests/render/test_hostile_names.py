"""Names that strangers choose are data: GitHub's Markdown makes nothing of them."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ci_tokengate.core.report import Report
from ci_tokengate.render.comment import LONGEST, comment
from ci_tokengate.render.data import code, printable
from ci_tokengate.render.jobs import By
from ci_tokengate.render.record import bounded, marker, read_record
from tests.render.page import Page, page_of
from tests.render.reports import cap, cost, key, refused, report, row, standing
from tests.render.test_comment import GOLDEN

BY = By(server_url="https://github.com", run_id="9002", attempt=1)
RUN = "https://github.com/acme/shop/actions/runs/"
ABOUT = "https://github.com/ci-tokengate/ci-tokengate#what-a-pull-request-cost"

HOSTILE = {
    "pipes": "a|b||c\\|d\\\\|e",
    "backticks": "`a` ``b``` c`",
    "html": "<img src=x onerror=alert(1)><script>alert(1)</script><b>bold",
    "everyone": "@everyone",
    "a team": "@org/team and@people @x",
    "comment": "<!-- x",
    "comment's end": "a --> b",
    "lines": "a\n\n# b\r\n| c |\u2028d\u2029e\x0bf\x85g",
    "right to left": "a\u202eb\u2066c\u2069d\u200ee\u061cf",
    "long": "n" * 300,
    "emoji with joiners": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f \U0001f3f4\U000e0067\U000e007f",
    "entities": "&lt;b&gt; &#64;x &amp;amp; &nbsp;",
    "image": "![x](http://evil.example/x.png)",
    "link": "[a](javascript:alert(1)) [b]: http://evil.example <http://evil.example>",
    "issue": "#1 GH-1 acme/shop#2 acme/shop@0123456789abcdef",
    "commit": "0123456789abcdef0123456789abcdef01234567",
    "address": "www.evil.example WWW.evil.example http://evil.example https://evil.example ftp://e.example",
    "mail": "a.b+c@evil.example mailto:x@evil.example xmpp:x@evil.example/y",
    "details": "</details></summary></sub>",
    "code's end": "</code> x <code>",
    "footnote": "[^1] [^1]: note",
    "math": "$$x$$ $`y`$ $z$",
    "emoji": ":rocket: :+1:",
    "marks": "*a* **b** _c_ ~~d~~ ~e~",
    "heading": "# a\n- b\n1. c\n> d\n```\n---",
    "task": "[x] [ ]",
    "marker": "<!-- ci-tokengate:cost acme/shop#7 -->",
    "record": '<!-- ci-tokengate:record {"total_usd":"0","refused":[]} -->',
    "towers": "Z" + "\u0300\u0301" * 40,
    "nothing": "",
    "only controls": "\x00\x1b[31m\u200b",
    "surrogate": "a\ud800b",
    "backslashes": "\\ \\| \\@x \\",
    "dollar": "$1.00 ${x} ${{ secrets.X }}",
}


def hostile_report(name: str) -> Report:
    """`name` wherever a name can stand."""
    run_id = f"run {name}" if name.isdigit() else name  # digits are a run, which is linked
    jobs = [
        key(name, use_case=name, by_cap=1),
        key(name, run_id=run_id, use_case=name, status="active"),
    ]
    return report(
        cost([row(name, use_case=name, unpriced=1), row(name, use_case="x")], jobs, lost="1"),
        standing(name),
        standing(name, plan=None),
        standing(name, plan="0"),
        caps=(cap(use_case=name), cap("1", use_case=name)),
        refused=bounded([replace(refused(name, run_id), team=name, use_case=name)]),
    )


HARMLESS = page_of(comment(hostile_report("name"), BY))
"""With the same report, what a name makes that is none."""


def nothing_breaks_out(page: Page, text: str) -> None:
    without_breaks = [each for each in page.elements if each != "wbr"]
    assert without_breaks == HARMLESS.elements
    assert page.attributes == HARMLESS.attributes
    assert page.rows == HARMLESS.rows == [7] * 4
    assert len(page.codes) == len(HARMLESS.codes)
    assert page.free == HARMLESS.free
    assert page.strays == []
    assert set(page.links) == {f"{RUN}9001/attempts/1", ABOUT}
    assert text.count(marker("acme/shop", 7)) == 1
    assert len(page.comments) == 2
    assert len(text) <= LONGEST


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_name_is_text_and_nothing_else(kind: str) -> None:
    found = hostile_report(HOSTILE[kind])
    text = comment(found, BY)
    page = page_of(text)
    nothing_breaks_out(page, text)
    assert printable(HOSTILE[kind]) in page.codes
    record = read_record(text)
    assert record.tells(found)
    assert record.as_of == found.cost.as_of


@given(
    st.text()
    | st.text(alphabet="|`@<>&;#*_~[]()!:/.$\\\n -wW\"'=x1^")
    | st.sampled_from(list(HOSTILE.values()))
)
@example("www" * 9 + ".a")
@example("a@b.c")
@example("wwww.www.a@www.b.c")
def test_no_text_at_all_breaks_out(name: str) -> None:
    text = comment(hostile_report(name), BY)
    nothing_breaks_out(page_of(text), text)


@given(st.lists(st.sampled_from(list(HOSTILE.values())), min_size=2, max_size=4).map("".join))
def test_no_two_of_them_together_do(name: str) -> None:
    text = comment(hostile_report(name), BY)
    nothing_breaks_out(page_of(text), text)


@given(st.text())
def test_a_name_shows_no_control_no_direction_and_no_line_break(name: str) -> None:
    shown = printable(name)
    assert 1 <= len(shown) <= 60
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert "\n" not in code(name)


def test_an_ordinary_name_is_legible_in_the_markdown_itself() -> None:
    """A mail client shows it so."""
    assert code("code-review") == "<code>code-review</code>"
    assert code("anthropic/claude-3.5") == "<code>anthropic/claude-3.5</code>"
    assert code("größer 模型") == "<code>größer 模型</code>"


def test_the_hostile_names_together_are_as_they_were_read_and_approved() -> None:
    names = list(HOSTILE.values())
    found = report(
        cost(
            [row(name, use_case=name, cost=str(n)) for n, name in enumerate(names)],
            [key(name, use_case=name) for name in names],
        ),
        standing(HOSTILE["html"]),
        standing(HOSTILE["everyone"], "312.40", "200"),
        caps=(cap(use_case=HOSTILE["link"]), cap("1", use_case=HOSTILE["mail"])),
        refused=bounded([replace(refused(name), team=name) for name in names]),
    )
    text = comment(found, BY)
    path = GOLDEN / "hostile.md"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    assert page_of(text).rows == [7] * (len(names) + 2)
    assert found.cost.total == Decimal(sum(range(len(names))))


def checks(page: Callable[[str], Page], harm: str, what: str) -> bool:
    return what in page(harm).elements


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        ("www.evil.example", "a"),
        ("<code>x www.evil.example</code>", "a"),
        ("<code>a&#64;evil.example</code>", "a"),
        ("![x](http://evil.example/x.png)", "img"),
        ("<i>x</i>", "i"),
        ("~~x~~", "del"),
        ("| a |\n|---|\n| b |", "table"),
        ("x[^1]\n\n[^1]: y", "sup"),
    ],
)
def test_the_judge_would_see_it(harm: str, what: str) -> None:
    """Else the tests above could not fail."""
    assert checks(page_of, harm, what)
