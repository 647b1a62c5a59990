"""What `init` writes, as whole texts: golden/setup.txt. `UPDATE_GOLDEN=1` writes it anew; read the diff."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from ci_tokengate.adapters.policy.load import load_policy
from ci_tokengate.core.agents import AGENTS, BY_NAME
from ci_tokengate.core.policy import Mode
from ci_tokengate.core.setup import POLICY_PATH, WORKFLOW_PATH, Change, Fate, Setup
from ci_tokengate.core.starter import TASKS, by_tier
from ci_tokengate.render.scalar import scalar
from ci_tokengate.render.setup import differences, files_of

GOLDEN = Path(__file__).parent / "golden" / "setup.txt"
SETUP = Setup(
    proxy_kind="litellm",
    proxy_url="https://llm.acme.example",
    team="payments-squad",
    team_id="",
    plan=Decimal(800),
    use_case="code-review",
    models=by_tier(("claude-haiku", "claude-sonnet", "openai/gpt-4.1", "7b: a, model"), {}),
    cap_per_run=Decimal("2"),
    cap_per_pr=Decimal("10.125"),
    agent=BY_NAME["claude-code-action"],
    mode=Mode.OBSERVE,
    since=date(2026, 11, 23),
)
OTHER = replace(
    SETUP, team_id="7f0c", plan=None, mode=Mode.ENFORCE, agent=BY_NAME["codex"], use_case="on"
)


def test_the_files_as_whole_texts() -> None:
    parts = [f"── {path}\n{text}" for path, text in files_of(SETUP).items()]
    for agent in AGENTS[1:]:
        text = files_of(replace(SETUP, agent=agent))[WORKFLOW_PATH]
        parts.append(f"── {agent.name}\n…{text[text.index('          use-case') :]}")
    parts.append(f"── {POLICY_PATH}, otherwise\n{files_of(OTHER)[POLICY_PATH]}")
    text = "\n".join(parts)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


def test_the_policy_says_what_was_told() -> None:
    policy = load_policy(files_of(SETUP)[POLICY_PATH], "p")
    case = policy.use_cases["code-review"]
    assert policy.proxy_url == "https://llm.acme.example"
    assert (policy.mode, policy.observe_since) == (Mode.OBSERVE, date(2026, 11, 23))
    assert (policy.default_team, policy.default_use_case) == ("payments-squad", "code-review")
    assert case.routing.models == (
        "claude-sonnet",
        "openai/gpt-4.1",
        "7b: a, model",
        "claude-haiku",
    )
    assert list(policy.use_cases) == [task.name for task in TASKS]
    assert (case.cap_per_run, case.cap_per_pr) == (Decimal(2), Decimal("10.125"))
    other = load_policy(files_of(OTHER)[POLICY_PATH], "p")
    assert other.teams["payments-squad"].id == "7f0c"
    assert other.teams["payments-squad"].plan is None
    assert other.mode is Mode.ENFORCE
    assert list(other.use_cases) == ["on", *policy.use_cases]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_any_text_is_read_back_as_it_was_told(text: str) -> None:
    read = YAML(typ="safe", pure=True).load(f"a: [{scalar(text)}, {{b: {scalar(text)}}}]\n")
    assert read == {"a": [text, {"b": text}]}


def test_a_change_knows_its_fate_and_shows_its_difference() -> None:
    same = Change(path="a", before="x\n", after="x\n")
    new = Change(path="b", before=None, after="x\n")
    other = Change(path="c", before="x\ny\n", after="x\nz\n")
    assert [c.fate for c in (same, new, other)] == [Fate.SAME, Fate.NEW, Fate.DIFFERENT]
    shown = differences([same, new, other])
    assert "a/a" not in shown
    assert "--- /dev/null\n+++ b/b" in shown
    assert "-y\n+z" in shown
