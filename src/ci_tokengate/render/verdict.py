"""Verdicts as text: the one sentence of an annotation, and the few lines of a terminal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from ci_tokengate.core.keys import JobKey
from ci_tokengate.core.runaway import Runaway
from ci_tokengate.core.tier import Tier
from ci_tokengate.core.verdict import Cause, Outcome, Verdict
from ci_tokengate.render.money import day, percent, usd, when
from ci_tokengate.render.words import count

MARKS = {Outcome.ALLOW: "✔", Outcome.WARN: "!", Outcome.BLOCK: "✖"}


def reason(v: Verdict) -> str:
    """One sentence with the numbers; the same for annotation, summary and output."""
    return _SENTENCES[v.cause](v)


def advice(v: Verdict) -> list[str]:
    """What follows from a verdict, and what to do about it; one sentence each."""
    lines = []
    if v.outcome is Outcome.BLOCK:
        lines.append(_consequence(v))
        if v.cause is not Cause.TEAM_BLOCKED:
            lines.append(_way_out(v))
    elif v.would_block:
        lines.append(_observed(v))
    elif v.cause is Cause.HARD_STOP:
        lines.append(f"{v.use_case} is not agentic, so it runs all the same.")
    if v.tier is Tier.NONE and v.allowed:
        lines.append("Give the team a plan in the policy, or a max_budget at the proxy.")
    if v.allowed and _proxy_refuses(v):
        lines.append(
            f"The proxy itself refuses this team's calls now: its max_budget there is "
            f"{usd(v.proxy_max_budget)}."  # type: ignore[arg-type]
        )
    elif v.proxy_stops_at is not None:
        lines.append(
            f"The proxy stops this team at {percent(v.proxy_stops_at)} of plan, "
            f"before the hard stop at {percent(v.hard_stop_percent)}."
        )
    return lines


def key_line(key: JobKey, models: tuple[str, ...], ttl: timedelta) -> str:
    minutes = int(ttl.total_seconds() // 60) or 1
    return (
        f"key for this job: at most {usd(key.cap)}, {', '.join(models)}, "
        f"until {key.expires_at:%H:%M} UTC ({minutes} min), revoked when the job ends"
    )


def lines(v: Verdict, *, key: str = "", notes: tuple[str, ...] = ()) -> list[str]:
    """What the gate says on a terminal."""
    follow = [key, *advice(v), *notes]
    return [f"{MARKS[v.outcome]} {reason(v)}", *(f"  {line}" for line in follow if line)]


def fork_reason() -> str:
    return "This pull request comes from a fork, and forks get no key and no secrets."


def undecided(message: str, hint: str, *, on_error: str) -> list[str]:
    """What the gate says when nobody can tell. `on_error` is block or skip."""
    effect = (
        "so no key was minted and the step fails"
        if on_error == "block"
        else "so no key was minted and the job goes on without one"
    )
    return [f"? {message}", f'  on-error is "{on_error}", {effect}. {hint}'.rstrip()]


def _consequence(v: Verdict) -> str:
    if v.cause in (Cause.PR_CAP_SPENT, Cause.TEAM_LEFT_HELD, Cause.RUN_LIMIT):
        return "No key was minted; this job's agentic step is blocked."
    if v.cause is Cause.TEAM_BLOCKED:
        return "No key was minted. Ask whoever runs the proxy to unblock the team."
    return "No key was minted; this job's agentic step is blocked. Non-agentic use cases still run."


def _way_out(v: Verdict) -> str:
    if v.cause is Cause.PR_CAP_SPENT:
        wait = "Run the job again when one of them has ended. " if v.held else ""
        return f"{wait}To raise it: `cap-per-pr` of {v.use_case} in the policy, on the base branch."
    if v.cause is Cause.TEAM_LEFT_HELD:
        return "Run the job again when one of them has ended."
    if v.cause is Cause.RUN_LIMIT:
        return (
            "Does something start the agent again and again? If this many are meant: `limits` in "
            "the policy, on the base branch."
        )
    ask = f"For an exception: ci-tokengate exempt request --team {v.team}"
    if not v.plan.amount:
        ask = (
            f"For an exception, have a reviewed change of `plan` of {v.team} merged "
            "into the policy's base branch."
        )
    waits = v.resets_at if v.plan.amount else None  # a plan of zero stays zero
    return f"{_reset(waits)} {ask}" if waits else ask


def _reset(moment: datetime | None) -> str:
    return f"The budget resets on {when(moment)}." if moment else ""


def _proxy_refuses(v: Verdict) -> bool:
    return v.proxy_max_budget is not None and v.spend >= v.proxy_max_budget


def _observed(v: Verdict) -> str:
    since = f", which began on {day(v.observed_since)}" if v.observed_since else ""
    why = f" {_reached(v)}" if v.reached else ""
    return f"Nothing is blocked in observe mode{since}; enforcement would have blocked this.{why}"


def _reached(v: Verdict) -> str:
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
    Cause.RUN_LIMIT: lambda v: f"{v.team} may not run {v.use_case} now: {_reached(v)}",
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
