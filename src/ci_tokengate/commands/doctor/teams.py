"""Each team of the policy at the proxy: its budget against its plan, its models."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ci_tokengate.commands.doctor.attempt import attempt
from ci_tokengate.commands.doctor.examine import Examined
from ci_tokengate.commands.doctor.patient import Patient
from ci_tokengate.commands.doctor.trial_request import models_of
from ci_tokengate.core.budget import PlanSource, TeamBudget, plan_of
from ci_tokengate.core.capabilities import Capabilities
from ci_tokengate.core.check import Check, fail, not_checked, ok, warn
from ci_tokengate.core.diagnosis import Lack
from ci_tokengate.core.money import plain
from ci_tokengate.core.policy import Policy, Team
from ci_tokengate.ports import Diagnosis
from ci_tokengate.render.money import percent, usd, when

_SUBJECT = "teams"
_ALL = frozenset({"all-proxy-models"})


def team_checks(patient: Patient, policy: Policy, diagnosis: Diagnosis) -> Iterator[Check]:
    proxy = patient.proxy
    if proxy is None:
        yield not_checked(_SUBJECT, "there is no proxy")
        return
    for team in policy.teams.values():
        found = attempt(_SUBJECT, partial(proxy.team_budget, team.id))
        if isinstance(found, Check):
            yield found
            continue
        wrong = [
            *_budget(policy, team, found, diagnosis),
            *_reset(policy, team, found, diagnosis),
            *_models(policy, team, found),
        ]
        yield from wrong or [ok(_SUBJECT, _good(policy, team, found))]


def model_checks(
    policy: Policy, diagnosis: Diagnosis, examined: Examined, able: Capabilities
) -> Iterator[Check]:
    """The proxy mints keys for models that it does not have; the agent would find out too late."""
    missing = examined.missing
    if not able.lists_models:
        yield not_checked("models", f"{able.product} does not say which models a key may call")
    elif isinstance(missing, Check):
        yield missing
    elif missing is None:
        yield not_checked("models", "no key was minted to ask with")
    elif not missing:
        yield ok("models", f"the proxy serves {', '.join(models_of(policy))}")
    else:
        for name, case in policy.use_cases.items():
            lacking = [m for m in case.routing.models if m in missing]
            if lacking:
                sentence = f"the proxy serves no {', '.join(lacking)}, which {name} names"
                yield fail("models", sentence, diagnosis.remedy(Lack.SERVED))


def _budget(
    policy: Policy, team: Team, budget: TeamBudget, diagnosis: Diagnosis
) -> Iterator[Check]:
    if budget.blocked:
        change = diagnosis.remedy(Lack.BLOCKED, team=team.id)
        yield fail(_SUBJECT, f"{team.name} is blocked at the proxy", change)
    plan, stop = plan_of(team, budget), plan_of(team, budget).hard_stop(policy.tiers)
    if plan.amount is None or stop is None:
        sentence = f"{team.name} has no plan, so only its keys' own caps hold it"
        yield warn(_SUBJECT, sentence, f"set teams.{team.name}.plan in the policy")
        return
    if plan.amount == 0:
        return
    at = diagnosis.remedy(Lack.TEAM_BUDGET, team=team.id, amount=plain(stop))
    if budget.max_budget is None:
        sentence = f"{team.name}: nothing at the proxy stops what goes past the gate"
        yield warn(_SUBJECT, sentence, at)
    elif budget.max_budget < stop:
        share = percent(budget.max_budget * 100 / plan.amount)
        yield warn(
            _SUBJECT,
            f"{team.name}: the proxy stops it at {share} of plan, "
            f"before the hard stop at {percent(policy.tiers.hard_stop)}",
            at
            if plan.source is not PlanSource.MAX_BUDGET
            else f"set teams.{team.name}.plan in the policy; {at}",
        )


def _reset(policy: Policy, team: Team, budget: TeamBudget, diagnosis: Diagnosis) -> Iterator[Check]:
    if budget.resets_at is None and plan_of(team, budget).amount:
        sentence = f"{team.name}: its spend never resets, so the plan is for all time"
        yield warn(_SUBJECT, sentence, diagnosis.remedy(Lack.RESET, team=team.id))


def _models(policy: Policy, team: Team, budget: TeamBudget) -> Iterator[Check]:
    """A use case may be meant for another team; that of the default team is not."""
    if not budget.models or budget.models & _ALL:
        return
    for name, case in policy.use_cases.items():
        lacking = [m for m in case.routing.models if m not in budget.models]
        if lacking:
            defaults = (policy.default_team, policy.default_use_case)
            line = fail if (team.name, name) == defaults else warn
            yield line(
                _SUBJECT,
                f"{team.name} may not use {', '.join(lacking)}, which {name} names",
                f"add it to the team's models at the proxy, or keep {name} from this team",
            )


def _good(policy: Policy, team: Team, budget: TeamBudget) -> str:
    plan = plan_of(team, budget)
    if plan.amount is None:
        return f"{team.name}: {usd(budget.spend)} spent"
    stop = ""
    if budget.max_budget is not None and plan.amount:
        stop = f", the proxy stops it at {percent(budget.max_budget * 100 / plan.amount)}"
    reset = f", resets on {when(budget.resets_at)}" if budget.resets_at else ""
    return f"{team.name}: {usd(budget.spend)} of the {usd(plan.amount)} plan is spent{stop}{reset}"
