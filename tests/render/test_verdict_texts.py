"""What the gate says, as whole texts: golden/verdicts.txt. `UPDATE_GOLDEN=1` writes it anew; read the diff."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.cap import Hold, key_cap, limits_of
from ci_tokengate.core.cap_refusal import refuse
from ci_tokengate.core.decide import decide, exempt
from ci_tokengate.core.governance.exemption import Exemption
from ci_tokengate.core.keys import JobKey
from ci_tokengate.core.policy import Mode, Policy, Team, Tiers, UseCase
from ci_tokengate.core.refusals import Refusals
from ci_tokengate.core.verdict import Verdict
from ci_tokengate.render.outputs import verdict_outputs
from ci_tokengate.render.retired import cap_sentences
from ci_tokengate.render.summary import gate_summary
from ci_tokengate.render.verdict import key_line, lines, undecided
from tests.fakes import NOW, a_policy, a_use_case

GOLDEN = Path(__file__).parent / "golden"
RESET = datetime(2026, 12, 1, tzinfo=timezone.utc)
KEY = JobKey(
    key="sk-never-shown",
    id="0" * 64,
    alias="a",
    cap=Decimal(2),
    expires_at=NOW + timedelta(minutes=32),
)


def _case(
    spend: str,
    plan: str | None = "200",
    *,
    agentic: bool = True,
    observe: bool = False,
    max_budget: str | None = None,
    blocked: bool = False,
) -> Verdict:
    case = a_use_case(agentic=agentic)
    policy = _named(a_policy(case, plan=plan), plan)
    if observe:
        policy = replace(policy, mode=Mode.OBSERVE, observe_since=date(2026, 10, 1))
    budget = TeamBudget(
        spend=Decimal(spend),
        max_budget=None if max_budget is None else Decimal(max_budget),
        resets_at=RESET,
        blocked=blocked,
    )
    return decide(policy, policy.teams["search-squad"], case, budget)


def _named(policy: Policy, plan: str | None) -> Policy:
    team = Team(name="search-squad", id="s", plan=None if plan is None else Decimal(plan))
    return replace(policy, teams={"search-squad": team}, default_team="search-squad")


def _capped(pr_spend: str | None, held: str, spend: str = "10") -> Verdict:
    case: UseCase = a_use_case(pr="10" if pr_spend else None)
    policy = _named(a_policy(case), "200")
    verdict = decide(policy, policy.teams["search-squad"], case, TeamBudget(spend=Decimal(spend)))
    pr = Decimal(pr_spend) if pr_spend else None
    limits = limits_of(policy, case, verdict, asked=None, pr_spend=pr)
    holds = [Hold(key_id="k", cap=Decimal(held), spend=Decimal(0), order=(NOW, "k"))]
    cap = key_cap(limits, pr_holds=holds, team_holds=holds)
    return refuse(verdict, cap, limits, case)


def _exempted(spend: str, extra: str = "50", **about: Any) -> Verdict:
    exemption = Exemption(
        name="e",
        team="search-squad",
        extra=Decimal(extra),
        starts_at=NOW,
        ends_at=NOW + timedelta(days=3, hours=9),
        reason="release",
        requested_by="octocat",
    )
    return exempt(_case(spend, **about), [exemption], Tiers(), now=NOW)


CASES = {
    "green": _case("123.8"),
    "amber": _case("160"),
    "red": _case("240"),
    "hard stop": _case("312.40"),
    "hard stop, not agentic": _case("312.40", agentic=False),
    "hard stop, observed": _case("312.40", observe=True),
    "hard stop, with an exemption": _exempted("312.40"),
    "hard stop, with an exemption, not agentic": _exempted("312.40", agentic=False),
    "hard stop, with an exemption that is spent": _exempted("350"),
    "red, with an exemption": _exempted("299"),
    "plan of zero": _case("0", "0"),
    "no plan": _case("31", None),
    "the proxy stops first": _case("50", max_budget="200"),
    "the proxy refuses already": _case("230", max_budget="200"),
    "team blocked": _case("0", blocked=True),
    "nothing left of the pull request's cap": _capped("10.02", "0"),
    "the rest of the pull request's cap is held": _capped("8", "2"),
    "the rest of the team's is held": _capped(None, "1.2", "298.8"),
}


def _all_texts() -> str:
    texts = [f"── {name}\n" + "\n".join(lines(v)) for name, v in CASES.items()]
    key = key_line(KEY, ("claude-sonnet",), timedelta(minutes=30))
    texts.append("── with a key\n" + "\n".join(lines(CASES["green"], key=key, notes=("A note.",))))
    down = undecided("The proxy's database is down.", "Ask whoever runs it.", on_error="block")
    texts.append("── undecided\n" + "\n".join(down))
    for name, refusals, spent, counted in (
        ("cap hit", Refusals(by_cap=6), True, True),
        ("cap hit, one call, not all written", Refusals(by_cap=1), True, False),
        ("team stopped", Refusals(by_team=2), True, True),
        ("cap used up, none refused", Refusals(), True, True),
    ):
        told = cap_sentences(
            refusals, spent=spent, cap=Decimal(2), use_case="code-review", counted=counted
        )
        texts.append(f"── {name}\n" + "\n".join(told))
    return "\n\n".join(texts) + "\n"


def _check(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


def test_the_texts_of_all_verdicts() -> None:
    _check("verdicts.txt", _all_texts())


def test_the_step_summary() -> None:
    _check("summary.md", gate_summary(CASES["hard stop"]))


def test_names_are_data_in_the_summary() -> None:
    hostile = "a|b](http://x) `c` <img src=x> @everyone\n# h <!-- m -->"
    text = gate_summary(replace(CASES["green"], team=hostile))
    assert "\n# h" not in text
    first = text.splitlines()[2]
    assert re.findall(r"(?<!\\)[\]\[|`<>@#]", first) == []


def test_a_key_that_saw_no_refusal_is_not_talked_about() -> None:
    assert cap_sentences(Refusals(), spent=False, cap=Decimal(2), use_case="u", counted=True) == []


def test_outputs_have_full_precision_and_empty_for_unknown() -> None:
    outputs = verdict_outputs(_case("495.2000000001", "800"), Decimal("1.25"))
    assert outputs["spend-usd"] == "495.2000000001"
    assert outputs["utilization"] == "61.9"
    assert outputs["resets-at"] == "2026-12-01T00:00:00Z"
    assert outputs["remaining-usd"] == "704.7999999999"
    assert outputs["cap-usd"] == "1.25"
    unknown = verdict_outputs(_case("1", None))
    assert (unknown["plan-usd"], unknown["utilization"], unknown["remaining-usd"]) == ("", "", "")
