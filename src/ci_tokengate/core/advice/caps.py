"""Amounts that look like limits and bind nobody, because something else always stops first.

The operator's ceilings on keys are not among them: only whoever may mint learns them (`doctor`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from ci_tokengate.core.advice.advice import Advice, note, warning
from ci_tokengate.core.policy import Mode, Policy, Team, UseCase

Amount = tuple[str, Decimal]
Plans = Mapping[str, Decimal]
NO_PLANS: Plans = {}


def idle_caps(policy: Policy, plans: Plans = NO_PLANS) -> Iterator[Advice]:
    """Caps above every team's hard stop, and exemptions that nobody may agree to.

    `plans` are those (USD) that only the proxy knows, by the team's name.
    """
    yield from _above_every_stop(policy, plans)
    yield from _plans(policy)
    if policy.exemptions and not policy.exemption_rules.approvers:
        yield warning(
            ("exemptions", "granted"),
            "it grants exemptions and names no approvers, so the proxy is raised for none of them",
            "name in exemptions.approvers who may agree",
        )
    for index, approver in enumerate(policy.exemption_rules.approvers):
        if "/" in approver:
            yield warning(
                ("exemptions", "approvers", index),
                f"{approver} is no login, so nobody's review is theirs",
                "name people: whose review it was is told by login, not by team",
            )


def _above_every_stop(policy: Policy, plans: Plans) -> Iterator[Advice]:
    """Where the plan of one team is not known, its hard stop is not either."""
    all_plans = [plans.get(t.name) if t.plan is None else t.plan for t in policy.teams.values()]
    known = [plan for plan in all_plans if plan is not None]
    if len(known) < len(all_plans) or policy.mode is not Mode.ENFORCE:
        return
    stop = max(known) * policy.tiers.hard_stop / 100
    if stop == 0:
        return
    extra = max((e.extra for e in policy.exemptions), default=Decimal(0))
    for name, case in policy.use_cases.items():
        for key, amount in _caps(case):
            if case.agentic and amount > stop + extra:
                yield warning(
                    ("use-cases", name, key),
                    f"{key} of {name} cannot be reached: it is above the hard stop of every team "
                    f"({_usd(stop)} at the most)",
                    "lower it to what one job may really cost, or raise a plan",
                )


def _caps(case: UseCase) -> Iterator[Amount]:
    yield "cap-per-run", case.cap_per_run
    if case.cap_per_pr is not None:
        yield "cap-per-pr", case.cap_per_pr


def _plans(policy: Policy) -> Iterator[Advice]:
    for name, team in policy.teams.items():
        if team.plan is None:
            yield note(
                ("teams", name),
                f"{name} has no plan here: it is the proxy's to say, and no exemption raises it there",
                f"set teams.{name}.plan: `ci-tokengate baseline` recommends one",
            )


def stops_early(
    team: Team, plan: Decimal | None, max_budget: Decimal | None, policy: Policy
) -> Iterator[Advice]:
    """Tiers that a team never sees, because the proxy refuses it at `max_budget` before. USD."""
    if not plan or max_budget is None:
        return
    share = max_budget * 100 / plan
    tiers = policy.tiers
    bounds = (("amber", tiers.amber), ("red", tiers.red), ("the hard stop", tiers.hard_stop))
    lost = [word for word, bound in bounds if share < bound]
    if lost:
        yield warning(
            ("teams", team.name, "plan"),
            f"{_listed(lost)} of {team.name} cannot be reached: the proxy stops it at "
            f"{_usd(max_budget)}, {share:.0f} % of its plan",
            "`ci-tokengate budget apply` makes the hard stop its max_budget"
            if team.plan is not None
            else f"set teams.{team.name}.plan, then `ci-tokengate budget apply`",
        )


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _usd(amount: Decimal) -> str:
    """Rounding is for `render`; these are amounts that a person wrote."""
    return f"${amount.normalize():,f}"
