"""What docs/watch.md says is so."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.adapters.ledger.alerts import TAKEN_FOR
from ci_tokengate.adapters.policy.model import PolicyFile
from ci_tokengate.adapters.webhook import DELIVERY, SIGNATURE, signature
from ci_tokengate.cli.watch import watch
from ci_tokengate.core.governance.spike import DAYS, SpikeRule, WatchRules
from ci_tokengate.core.watch.cause import ATTEMPTS, RUNS, RUNS_EACH, Kind
from ci_tokengate.core.watch.incident import NEWS_FOR
from ci_tokengate.core.watch.window import LOOK_BACK
from ci_tokengate.lifecycle.explain import CALLS
from ci_tokengate.lifecycle.look import EXPLAINED
from ci_tokengate.render.watch.slack import AT_ONCE
from ci_tokengate.wiring.alerts import PLACES
from tests.docs.tables import ROOT, with_tables
from tests.docs.watch import TEXT, verified

SECRET = "a secret of sixteen and more"
README = (ROOT / "README.md").read_text("utf-8")


def table(after: str, column: int = 0) -> list[str]:
    rows = TEXT.partition(after)[2].partition("\n\n")[2].partition("\n\n")[0].splitlines()[2:]
    return [row.strip("|").split(" | ")[column].strip() for row in rows]


def test_what_it_shows_is_what_the_code_makes() -> None:
    assert with_tables(TEXT) == TEXT, "run `python -m tests.docs.tables`"


def test_each_option_that_is_told_is_there_and_each_there_is_is_told() -> None:
    told = {name for cell in table("## Options") for name in re.findall(r"`(--[a-z-]+)", cell)}
    known = {param.opts[0] for param in watch.params}
    assert told <= known
    unsaid = {"--repository", "--policy", "--proxy-url", "--proxy", "--reading-key", "--admin-key"}
    assert known - told == unsaid


def test_each_place_and_each_cause_is_told() -> None:
    assert [cell.strip("`") for cell in table("## Where it is told")] == [*PLACES]
    assert len(table("Look at the line")) == len(Kind)


def test_its_numbers_are_those_of_the_code() -> None:
    rules = WatchRules()
    assert (rules.spike, rules.hour) == (SpikeRule(factor=Decimal(3), floor=Decimal(20)), 16)
    section = PolicyFile.model_fields["watch"].get_default(call_default_factory=True)
    assert (section.factor, section.floor, section.hour) == (3, 20, 16)
    assert table("## The policy", 1) == ["`3`", "`20`", "`16`"]
    assert (DAYS, LOOK_BACK, AT_ONCE, ATTEMPTS, RUNS, RUNS_EACH) == (7, 14, 10, 3, 5, 3)
    for said in (
        "the seven complete days before",
        "in the last fourteen",
        "up to ten alerts",
        "three attempts or more",
        "five times or more on one pull request, or three times on each",
        f"the {CALLS:,} dearest calls",
        f"the\n{EXPLAINED} teams",
        f"after {'ten' if TAKEN_FOR.total_seconds() == 600 else '?'} minutes",
        f"for a {'week' if NEWS_FOR.days == 7 else '?'}",
    ):
        assert said in TEXT, said


def test_a_receiver_that_does_as_told_believes_us_and_nobody_else() -> None:
    assert SIGNATURE in TEXT
    assert DELIVERY in TEXT
    body, now = json.dumps({"id": "1"}).encode(), 1_795_883_400
    good = f"t={now},v1={signature(SECRET.encode(), now, body)}"
    assert verified(SECRET, good, body, now=now)
    assert verified(SECRET, good, body, now=now + 300)
    for secret, header, sent, at in [
        ("another secret of ours", good, body, now),
        (SECRET, good, body + b" ", now),
        (SECRET, good, body, now + 301),
        (SECRET, good, body, now - 301),
        (SECRET, good.replace(f"t={now}", f"t={now + 1}"), body, now),
        (SECRET, good.replace("v1=", "v0="), body, now),
        (SECRET, f"t=,{good.partition(',')[2]}", body, now),
        (SECRET, "", body, now),
    ]:
        assert not verified(secret, header, sent, now=at), header


@given(st.text(max_size=80), st.binary(max_size=40))
def test_whatever_a_stranger_sends_is_refused_without_an_error(header: str, body: bytes) -> None:
    assert not verified(SECRET, header, body, now=1_795_883_400)


@pytest.mark.parametrize("said", ["three times the mean of the seven days before", "docs/watch.md"])
def test_the_readmes_chapter_says_the_same_and_links_here(said: str) -> None:
    assert said in README.partition("## What the alert means")[2].partition("\n## ")[0]
