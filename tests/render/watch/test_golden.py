"""The early warning as whole texts: golden/*. `UPDATE_GOLDEN=1` writes them anew; read the diff."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ci_tokengate.core.tier import Tier
from ci_tokengate.core.watch.alert import Alert
from ci_tokengate.core.watch.watched import Watched
from ci_tokengate.render.watch import as_json, markdown, slack, text
from tests.render.watch.made import spike, tier, watched

GOLDEN = Path(__file__).parent / "golden"
ALERTS: list[Alert] = [
    spike(),
    tier(Tier.AMBER, "175"),
    tier(Tier.RED, "250", Tier.AMBER),
    tier(Tier.HARD_STOP, "312.4", Tier.RED, exempted="50"),
    tier(Tier.RED, "280", Tier.HARD_STOP),
    tier(Tier.GREEN, "10", Tier.RED),
    tier(Tier.HARD_STOP, "3", plan="0"),
    replace(tier(Tier.RED, "250"), observing=True),
    replace(spike(), breakdown=None, cause=None),
]


def _issues(found: Watched) -> str:
    told = [markdown.issue(found, t, over) for t in found.teams[:4] for over in (False, True)]
    return "\n\n----\n".join(f"{title}\n\n{body}" for title, body in told) + "\n"


TEXTS: dict[str, Callable[[], str]] = {
    "look.txt": lambda: "\n".join(text.lines(watched())) + "\n",
    "every.txt": lambda: "\n".join(text.lines(watched(), every=True)) + "\n",
    "early.txt": lambda: "\n".join(text.lines(watched(judged=False))) + "\n",
    "example.txt": lambda: "\n".join(text.lines(_example())) + "\n",
    "quiet.txt": lambda: "\n".join(text.lines(_quiet())) + "\n",
    "summary.md": lambda: markdown.summary(watched()),
    "issues.md": lambda: _issues(watched()),
    "slack.json": lambda: (
        json.dumps(slack.message(ALERTS, link="https://acme.example/1"), indent=2) + "\n"
    ),
    "webhook.json": lambda: json.dumps([as_json.alert_json(a) for a in ALERTS], indent=2) + "\n",
    "look.json": lambda: json.dumps(as_json.watched_json(watched()), indent=2) + "\n",
}


def _example() -> Watched:
    """What the README and docs/watch.md show."""
    found = watched()
    return replace(found, teams=(*found.teams[:3], *found.teams[4:7]), troubles=())


def _quiet() -> Watched:
    found = watched()
    return replace(found, teams=(found.teams[0], found.teams[5]), alerts=(), troubles=())


@pytest.mark.parametrize("name", TEXTS)
def test_each_form_says_what_its_golden_file_says(name: str) -> None:
    path, made = GOLDEN / name, TEXTS[name]()
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text("utf-8")
