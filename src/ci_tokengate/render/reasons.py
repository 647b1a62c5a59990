"""Why a verdict is what it is: one sentence with its numbers for each cause."""

from __future__ import annotations

from collections.abc import Callable

from ci_tokengate.core.runaway import Runaway
from ci_tokengate.core.verdict import Cause, Verdict
from ci_tokengate.render.money import percent, usd, when
from ci_tokengate.render.words import count


def reason(v: Verdict) -> str:
    """One sentence with the numbers; the same for annotation, summary and output."""
    return _SENTENCES[v.cause](v)


def limit_reached(v: Verdict) -> str:
    found = v.reached
    if found is None:
        return ""
    if found.limit is Runaway.TEAM:
        return f"{v.team} has {count(found.there, 'job key')} alive, and may have {found.allowed}."
    what = "this pull request" if found.limit is Runaway.PULL_REQUEST else "this workflow"
    return (
        f"{count(found.there, 'run')} of {what} had a key today, and {found.allowed} may "
        f"({found.limit.value})."
    )


def _share(v: Verdict) -> str:
    share = percent(v.utilization) if v.utilization is not None else "n/a"
    return f"{share} of the {usd(v.plan.amount or v.spend)} plan is spent ({usd(v.spend)})"


def _held(v: Verdict) -> str:
    return f", {usd(v.held)} is held by the keys of running jobs" if v.held else ""


def _until(v: Verdict) -> str:
    return f" until {when(v.exempted_until)}" if v.exempted_until else ""


def _past_stop(v: Verdict) -> str:
    share = percent(v.utilization) if v.utilization is not None else "n/a"
    stop = f"({share}, stop at {percent(v.hard_stop_percent)})"
    spent = f" The exemption of {usd(v.exempted)}{_until(v)} is spent too." if v.exempted else ""
    return (
        f"{v.team} is past its hard stop: {usd(v.spend)} of {usd(v.plan.amount or v.spend)} "
        f"{stop}.{spent}"
    )


_SENTENCES: dict[Cause, Callable[[Verdict], str]] = {
    Cause.WITHIN_PLAN: lambda v: f"{v.team} may run {v.use_case}: {_share(v)}, green.",
    Cause.NEAR_PLAN: lambda v: f"{v.team} may run {v.use_case}, but {_share(v)}: amber.",
    Cause.OVER_PLAN: lambda v: (
        f"{v.team} may run {v.use_case}, but {_share(v)}: red, "
        f"hard stop at {percent(v.hard_stop_percent)}."
    ),
    Cause.HARD_STOP: _past_stop,
    Cause.RUN_LIMIT: lambda v: f"{v.team} may not run {v.use_case} now: {limit_reached(v)}",
    Cause.EXEMPTED: lambda v: (
        f"{v.team} may run {v.use_case} by an exemption of {usd(v.exempted)}{_until(v)}: "
        f"{_share(v)}, past its hard stop, and {usd(v.remaining or v.exempted)} is left."
    ),
    Cause.PLAN_IS_ZERO: lambda v: (
        f"{v.team} has a plan of $0: it may not spend on agentic use cases at all "
        f"({usd(v.spend)} spent)."
    ),
    Cause.NO_PLAN: lambda v: (
        f"{v.team} has no plan to measure {usd(v.spend)} against: neither in the policy nor at "
        f"the proxy. {v.use_case} runs, held by its own caps only."
    ),
    Cause.TEAM_BLOCKED: lambda v: f"{v.team} is blocked at the proxy: no key of it works.",
    Cause.PR_CAP_SPENT: lambda v: (
        f"Nothing is left of the {usd(v.bound)} that this pull request may spend on {v.use_case}: "
        f"{usd(v.used)} is spent{_held(v)}."
    ),
    Cause.TEAM_LEFT_HELD: lambda v: (
        f"{v.team} has {usd(v.bound)} left to its hard stop ({usd(v.spend)} spent){_held(v)}."
    ),
}
