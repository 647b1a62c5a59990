"""Names that strangers choose are text in every form, and every form stays within its place's bounds."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.adapters.alert_form import alert_from, alert_text, parted, with_marker
from ci_tokengate.core.governance.spike import Reading
from ci_tokengate.core.watch.alert import Raised
from ci_tokengate.core.watch.breakdown import JobName, Part, breakdown_of
from ci_tokengate.core.watch.cause import Before, likely_cause
from ci_tokengate.core.watch.incident import KEPT, Memory, Owed
from ci_tokengate.render.watch import markdown, slack, text
from tests.cli.report.slack_double import refusal
from tests.render.page import page_of
from tests.render.showback.hostile import NAMES
from tests.render.watch.made import AT, PROXY, parts, spike, team, watched


def _hostile(name: str) -> list[Part]:
    job = JobName(repository=name, job=name, use_case=name)
    more = Part(job=job, place=name, run_id=name, model=name, cost=Decimal(1), calls=1)
    return [*parts(name, name, name), more]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_is_no_markup_for_slack(name: str) -> None:
    told = slack.message([spike(name, _hostile(name))])
    assert refusal(told) == ""
    said = json.dumps(told, ensure_ascii=False)
    for bad in ("<!", "<https://evil", "<@", "\u202e", "\\u001b"):
        assert bad not in said


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_is_no_markup_for_github(name: str) -> None:
    made = _hostile(name)
    bad = team(
        name,
        "90",
        "20",
        Reading.SPIKE,
        breakdown=breakdown_of(made),
        cause=likely_cause(made, Before()),
    )
    found = replace(watched(), teams=(bad,))
    title, body = markdown.issue(found, bad, over=False)
    assert not re.search(r"[@#<>`\u202e\n]", title)
    for page in (page_of(body), page_of(markdown.summary(found))):
        assert page.links == []
        assert "<script" not in body
    assert "<!--" not in body.replace("&lt;", "")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_moves_no_cursor(name: str) -> None:
    made = _hostile(name)
    about = {"breakdown": breakdown_of(made), "cause": likely_cause(made, Before())}
    bad = replace(team(name, "90", "20", Reading.SPIKE), **about)  # type: ignore[arg-type]
    found = replace(watched(), teams=(bad,), proxy=name, alerts=(spike(name, made),))
    said = "\n".join(text.lines(found, every=True))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", said)


def test_a_hundred_alerts_at_their_worst_are_messages_that_slack_takes() -> None:
    worst = "&<>" * 100
    for start in range(0, 100, slack.AT_ONCE):
        some = [
            spike(worst, _hostile(worst), number=n) for n in range(start, start + slack.AT_ONCE)
        ]
        assert refusal(slack.message(some)) == ""


TEXTS = st.text(max_size=30)


@given(TEXTS, TEXTS)
def test_what_is_remembered_comes_back_as_it_was(name: str, other: str) -> None:
    alert = spike(name.encode("utf-8", "replace").decode(), number=len(other))
    assert alert_from(alert_text(alert)) == alert
    raised = (Raised(key=alert.key, at=AT),)
    memory = Memory(
        proxy=PROXY, team_id="t", raised=raised, owed=(Owed(alert=alert, sinks=("slack",)),)
    )
    told = markdown.issue(watched(), watched().teams[1], over=False)[1]
    assert parted(with_marker(told, memory)) == (told, memory)
    assert parted(with_marker(told, memory).replace("\n", "\r\n")) == (told, memory)


def test_a_marker_of_forty_alerts_at_their_worst_leaves_room_for_the_text() -> None:
    import random

    drawn = random.Random(1)

    def noise() -> str:
        return "".join(chr(drawn.randrange(0x4E00, 0x9FFF)) for _ in range(200))

    alerts = [spike(noise(), [p for _ in range(5) for p in _hostile(noise())]) for _ in range(KEPT)]
    raised = tuple(Raised(key=a.key, at=AT) for a in alerts)
    memory = Memory(
        proxy=PROXY,
        team_id=noise(),
        raised=raised,
        owed=tuple(Owed(alert=a, sinks=("slack", "webhook")) for a in alerts),
    )
    body = with_marker("x" * 20_000, memory)
    assert len(body) < 65_536
    back = parted(body)
    assert back is not None
    assert back[1].raised == raised
    assert back[1].owed == memory.owed[-len(back[1].owed) :] != ()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "text",
        "text\n<!-- tokengate:watch:1:!!! -->",
        "text\n<!-- tokengate:watch:1:AAAA -->",
        "text\n<!-- tokengate:watch:1:eJwDAAAAAAE= -->",
        "text\n<!-- tokengate:watch:2:eJwDAAAAAAE= -->",
        "<!-- tokengate:watch:1:eJwDAAAAAAE= -->\ntext",
    ],
)
def test_what_is_no_marker_of_ours_is_none(body: str) -> None:
    assert parted(body) is None


def test_a_marker_that_unfolds_without_an_end_is_none() -> None:
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b"[" + b" " * 30_000_000 + b"]")).decode()
    assert len(bomb) < 65_536
    assert parted(f"<!-- tokengate:watch:1:{bomb} -->") is None
