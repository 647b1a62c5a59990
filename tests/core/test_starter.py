"""The policy to begin with, whatever the models."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.adapters.policy.load import load_policy
from ci_tokengate.core.advice.offline import judged
from ci_tokengate.core.agents import AGENTS
from ci_tokengate.core.level import Level
from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.policy import Mode
from ci_tokengate.core.setup import POLICY_PATH, Setup
from ci_tokengate.core.showback.tiers import named
from ci_tokengate.core.starter import TASKS, by_tier, starter_cases
from ci_tokengate.render.setup import files_of

FAST, MIDDLE, STRONG = ModelTier
CLAUDE = by_tier(["claude-opus", "claude-haiku", "claude-sonnet"], {})
SETUP = Setup(
    proxy_kind="litellm",
    proxy_url="https://llm.acme.example",
    team="t",
    team_id="",
    plan=Decimal(800),
    use_case="code-review",
    models=CLAUDE,
    cap_per_run=Decimal(2),
    cap_per_pr=Decimal(10),
    agent=AGENTS[0],
    mode=Mode.ENFORCE,
    since=date(2026, 11, 28),
)


def test_each_task_has_the_model_of_the_table() -> None:
    cases = starter_cases(CLAUDE, "code-review", Decimal(2), Decimal(10), None)
    assert {c.task.name: c.routing.models[0] for c in cases} == {
        "completion": "claude-haiku",
        "explanation": "claude-haiku",
        "batch": "claude-haiku",
        "code-review": "claude-sonnet",
        "test-generation": "claude-sonnet",
        "refactoring": "claude-sonnet",
        "architecture": "claude-opus",
        "autonomous-agent": "claude-opus",
    }
    assert [c.cap_per_run for c in cases] == list(
        map(Decimal, ("0.40", "0.40", "0.40", "2", "2", "2", "8.00", "8.00"))
    )


def test_amber_and_red_go_a_step_down_each() -> None:
    agent = starter_cases(CLAUDE, "code-review", Decimal(2), Decimal(10), None)[-1]
    assert agent.when_amber is not None
    assert agent.when_red is not None
    assert agent.when_amber.models == ("claude-sonnet", "claude-haiku")
    assert agent.when_amber.route == {"claude-opus": "claude-sonnet"}
    assert set(agent.when_red.route.values()) == {"claude-haiku"}


def test_no_route_leads_to_another_family_since_an_agent_does_not_speak_its_dialect() -> None:
    models = by_tier(["claude-sonnet", "gpt-mini"], {})
    for case in starter_cases(models, "code-review", Decimal(2), Decimal(10), None):
        assert case.routing.route == {}
        assert case.when_amber is None


@pytest.mark.parametrize(
    ("model", "tier"),
    [
        ("anthropic/claude-haiku-4-5-20251001", FAST),
        ("claude-opus", STRONG),
        ("gpt-4o-mini", FAST),
        ("gemini-2.5-flash", FAST),
        ("gemini-2.5-pro", STRONG),
        ("o3-mini", FAST),
        ("openai/text-embedding-3-large", FAST),
        ("gpt-5", None),
        ("projector", None),
        ("gemini", None),
    ],
)
def test_a_models_name_says_its_tier_by_whole_words_or_nothing(
    model: str, tier: ModelTier | None
) -> None:
    assert named(model) is tier


def test_names_that_say_nothing_are_told_apart_by_price() -> None:
    prices = {m: Decimal(i + 1) for i, m in enumerate(("a", "b", "c"))}
    assert by_tier(["c", "a", "b"], prices) == {FAST: ["a"], MIDDLE: ["b"], STRONG: ["c"]}
    assert by_tier(["c", "a"], {}) == {FAST: [], MIDDLE: ["c", "a"], STRONG: []}


_NAMES = st.sampled_from(
    [
        *("claude-haiku", "claude-sonnet", "claude-opus", "gpt-mini", "gpt-codex", "gpt-5-pro"),
        *("gemini-flash", "gemini-2.5-pro", "mistral-large", "mistral-small", "x", "azure/y"),
    ]
)
_CENTS = st.decimals("0.01", 50, places=2)


@given(
    names=st.lists(_NAMES, min_size=1, max_size=8, unique=True),
    case=st.sampled_from([*(task.name for task in TASKS), "triage", "own"]),
    run=_CENTS,
    more=st.decimals(0, 50, places=2),
    plan=st.none() | st.decimals("0.5", 5000, places=2),
)
def test_whatever_it_is_told_the_policy_is_one_that_nothing_is_said_against(
    names: list[str], case: str, run: Decimal, more: Decimal, plan: Decimal | None
) -> None:
    """But for caps of the chosen use case that are above the plan it was told itself."""
    setup = replace(
        SETUP,
        models=by_tier(names, {}),
        use_case=case,
        cap_per_run=run,
        cap_per_pr=run + more,
        plan=plan,
    )
    policy = load_policy(files_of(setup)[POLICY_PATH], "p")
    assert case in policy.use_cases
    found = [a for a in judged(policy, SETUP.since) if a.level is not Level.NOTE]
    told = ("use-cases", case)
    assert [a for a in found if a.place[:2] != told or "cap" not in str(a.place[-1])] == []
