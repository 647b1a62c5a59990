"""The same usage on LiteLLM and on Portkey: the same verdicts, the same comment, the same entries of a ledger.

What Portkey cannot tell differs, and nothing else: tokens are told as their sum.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from ci_tokengate.core.ledger.entry import Cell, LedgerKey
from ci_tokengate.sandbox.demo.proxies import PLAYGROUNDS
from ci_tokengate.sandbox.demo.runner import Job
from ci_tokengate.sandbox.demo.setting import NUMBER
from ci_tokengate.sandbox.demo.setting import policy as policy_for
from ci_tokengate.sandbox.demo.stage import Stage, set_up
from ci_tokengate.wiring.ledgers import open_ledger

POLICY = """\
version: 1
mode: enforce
defaults: {team: payments-squad, use-case: code-review}
teams:
  payments-squad: {plan: 800, cost-center: ENGG-PAYMENTS}
  search-squad:   {plan: 200, cost-center: ENGG-SEARCH}
use-cases:
  code-review: {models: [claude-sonnet, claude-haiku]CONFIG, cap-per-run: 2.00, cap-per-pr: 10.00, ttl: 30m}
  fix-tests:   {models: [claude-haiku]CONFIG, cap-per-run: 1.00, cap-per-pr: 3.00, ttl: 30m}
"""
CALLS = [
    ("review", "claude-sonnet", "in=24000 out=1800 cw=18000"),
    ("review", "claude-haiku", "in=21000 out=2400 cr=18000"),
    ("fix-tests", "claude-haiku", "in=20000 out=2000"),
    ("fix-tests", "claude-haiku", "in=40000 out=190000"),
]
Entry = tuple[str, str, str, int | None, str, str, int, Decimal]


@dataclass(frozen=True, kw_only=True)
class Told:
    verdicts: Mapping[str, Mapping[str, str]]
    comment: str
    entries: list[Entry]


def play(kind: str, folder: Path) -> Told:
    ledger = f"sqlite:///{folder / kind}.sqlite"
    playground = PLAYGROUNDS[kind]
    with set_up(os.environ, None, playground) as stage:
        [pull] = stage.github.pulls.values()
        policy = policy_for(playground, POLICY)
        stage.github.files[(pull["base"]["sha"], ".github/tokengate.yml")] = policy
        jobs = _jobs(stage)
        verdicts = {name: _said(name, job) for name, job in jobs.items()}
        statuses = [stage.call(jobs[n], model, prompt).status_code for n, model, prompt in CALLS]
        assert statuses == [200] * len(CALLS)
        refused = stage.call(jobs["fix-tests"], "claude-haiku", "in=10 out=10")
        assert refused.status_code == playground.past_cap
        stage.sandbox.flush()
        for job in jobs.values():
            job.post()
        for run in (9001, 9003):
            stage.finish(run, "success")
        stage.catch_up()
        stage.github.close_pull(NUMBER, merged=True)
        settle = stage.job("settle", 9004, {"mode": "settle", "ledger-url": ledger})
        assert settle.main().code == 0
        [comment] = stage.comments()
    return Told(verdicts=verdicts, comment=comment, entries=_entries(ledger))


def _jobs(stage: Stage) -> Mapping[str, Job]:
    jobs = {
        "review": stage.job("review", 9001, {}),
        "fix-tests": stage.job("fix-tests", 9001, {"use-case": "fix-tests"}),
        "search": stage.job("search", 9003, {"team": "search-squad"}),
    }
    assert [job.main().code for job in jobs.values()] == [0, 0, 1]
    return jobs


def _said(name: str, job: Job) -> Mapping[str, str]:
    """All outputs but those that name this proxy or this minute."""
    own = ("base-url", "openai-base-url", "key-id", "expires-at", "key")
    return {k: v for k, v in job.outputs.items() if k not in own}


def _entries(url: str) -> list[Entry]:
    today = datetime.now(timezone.utc).date()
    with open_ledger(url) as ledger:
        found = ledger.cells(today - timedelta(days=2), today + timedelta(days=2))
        return sorted(_entry(cell, key) for cell, key in found)


def _entry(cell: Cell, key: LedgerKey) -> Entry:
    cost = sum((part.cost for part in cell.parts.values()), Decimal(0))
    rounded = cost.quantize(Decimal("1e-10"))
    about = (key.repository, key.job, key.use_case, key.pull_request, key.cost_center)
    return (*about, cell.name.model, cell.requests, rounded)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Told]:
    folder = tmp_path_factory.mktemp("ledgers")
    return play("litellm", folder), play("portkey", folder)


def test_the_verdicts_are_the_same_to_the_letter(both: tuple[Told, Told]) -> None:
    litellm, portkey = both
    assert portkey.verdicts == litellm.verdicts
    assert litellm.verdicts["search"]["tier"] == "hard-stop"
    assert litellm.verdicts["review"]["cap-usd"] == "2"


def test_the_comments_are_the_same_but_for_the_tokens(both: tuple[Told, Told]) -> None:
    litellm, portkey = both
    assert _summed(portkey.comment) == _summed(litellm.comment)
    assert "cap of $1.00 reached, 1 call refused" in portkey.comment
    assert "108,600 in all" not in litellm.comment


def test_the_ledgers_have_the_same_entries(both: tuple[Told, Told]) -> None:
    litellm, portkey = both
    assert portkey.entries == litellm.entries
    assert [entry[1] for entry in litellm.entries] == ["fix-tests", "review", "review"]
    assert {entry[4] for entry in litellm.entries} == {"ENGG-PAYMENTS"}


def _summed(comment: str) -> list[str]:
    """The visible lines, tokens as Portkey tells them, without the time and the last digits of floats."""
    return [_line(line) for line in comment.splitlines() if not line.startswith("<!--")]


def _line(line: str) -> str:
    cells = line.split(" | ")
    if len(cells) == 7 and re.search(r"\d", cells[2]):
        plain = [cell.strip("*|\u00a0 ") for cell in cells]
        numbers = [
            int(text.replace(",", ""))
            for text in plain[3:5]
            if text[:1].isdigit() and text[-1:].isdigit()
        ]
        whole = sum(numbers) if numbers else int(plain[3].split(" ")[0].replace(",", ""))
        return " | ".join([*plain[:3], f"{whole:,}", plain[6]])
    line = re.sub(r"\d+ \w{3} \d\d:\d\d UTC", "then", line)
    return re.sub(r"(\$\d+\.\d{4})\d+", r"\1", line)


def test_it_is_the_kind_alone_that_differs() -> None:
    """No capability of the one is asked for by name anywhere but in its adapter."""
    source = Path(__file__).parents[3] / "src" / "ci_tokengate"
    inside = ("adapters/proxies/", "sandbox/", "wiring/", "scan/", "core/tools/")
    allowed = {"adapters/policy/model.py", "cli/demo.py", "render/focus/providers.py"}
    found = [
        name
        for path in source.rglob("*.py")
        if not (name := path.relative_to(source).as_posix()).startswith(inside)
        and re.search(r"[\"'](portkey|openrouter)[\"']", path.read_text("utf-8"))
    ]
    assert set(found) <= allowed
