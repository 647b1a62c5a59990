"""Verdicts as text: what follows from them, and the few lines of a terminal."""

from __future__ import annotations

from datetime import datetime, timedelta

from ci_tokengate.core.keys import JobKey
from ci_tokengate.core.tier import Tier
from ci_tokengate.core.verdict import Cause, Outcome, Verdict
from ci_tokengate.render.money import day, percent, usd, when
from ci_tokengate.render.reasons import limit_reached, reason

MARKS = {Outcome.ALLOW: "✔", Outcome.WARN: "!", Outcome.BLOCK: "✖"}


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
    why = f" {limit_reached(v)}" if v.reached else ""
    return f"Nothing is blocked in observe mode{since}; enforcement would have blocked this.{why}"
