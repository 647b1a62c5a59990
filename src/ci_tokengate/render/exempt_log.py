"""An exemption afterwards, as text and as JSON: who asked, who agreed, why, and what was run."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ci_tokengate.core.governance.approval import Agreement
from ci_tokengate.core.governance.audit import Audited, RanJob
from ci_tokengate.core.governance.exemption import Phase
from ci_tokengate.core.money import plain
from ci_tokengate.render.data import printable
from ci_tokengate.render.exempt import whom
from ci_tokengate.render.money import iso, usd
from ci_tokengate.render.words import count

_MOST = 10
_MARKS = {Phase.AHEAD: "·", Phase.IN_FORCE: "▸", Phase.OVER: "✓"}


def log_lines(one: Audited) -> list[str]:
    e = one.exemption
    lines = [
        f"{_MARKS[one.phase]} {printable(e.name, 100)} · {one.phase.value}",
        f"  {usd(e.extra)} for {whom(e)}, {iso(e.starts_at)} to {iso(e.ends_at)}",
        f"  asked by {printable(e.requested_by)}: {printable(e.reason, 200)}"
        + (f" ({printable(e.ticket, 200)})" if e.ticket else ""),
        f"  {_agreed(one.agreement)}",
    ]
    if one.jobs is not None:
        lines += _ran(one, one.jobs)
    return lines


def log_json(one: Audited) -> dict[str, Any]:
    e, agreed = one.exemption, one.agreement
    change = agreed.change if agreed else None
    return {
        "name": e.name,
        "team": e.team,
        "use_case": e.use_case or None,
        "extra_usd": plain(e.extra),
        "from": iso(e.starts_at),
        "until": iso(e.ends_at),
        "phase": one.phase.value,
        "reason": e.reason,
        "ticket": e.ticket or None,
        "requested_by": e.requested_by,
        "approved_by": agreed.approver or None if agreed else None,
        "not_approved": agreed.why_not or None if agreed else None,
        "pull_request": change.url if change else None,
        "merged_at": iso(change.merged_at) if change and change.merged_at else None,
        "cost_usd": plain(one.cost) if one.jobs is not None else None,
        "other_cost_usd": plain(one.other_cost) if one.jobs is not None else None,
        "jobs": None if one.jobs is None else [_job_json(job) for job in one.jobs],
    }


def _agreed(agreement: Agreement | None) -> str:
    if agreement is None:
        return "who agreed is not known: the code host was not asked, or did not answer"
    if not agreement.given:
        return f"nobody agreed: {agreement.why_not}"
    where = f" on {agreement.change.url}" if agreement.change else ""
    return f"agreed by {printable(agreement.approver)}{where}"


def _ran(one: Audited, jobs: Sequence[RanJob]) -> list[str]:
    if not jobs:
        return ["  no job of it ran in the window", *_other(one)]
    lines = [f"  {count(len(jobs), 'job')} ran in the window, for {usd(one.cost)}:"]
    for job in jobs[:_MOST]:
        number = f"#{job.scope}" if job.scope.isdigit() else f" {printable(job.scope)}"
        lines.append(
            f"    {printable(job.repository)}{number} · run {printable(job.run_id)} · "
            f"{printable(job.job)} · {printable(job.use_case)} · "
            f"{count(job.requests, 'request')} · {usd(job.cost)}"
        )
    if len(jobs) > _MOST:
        rest = sum((job.cost for job in jobs[_MOST:]), Decimal(0))
        lines.append(f"    … {len(jobs) - _MOST} more · {usd(rest)}")
    return [*lines, *_other(one)]


def _other(one: Audited) -> list[str]:
    if not one.other_cost:
        return []
    return [f"  outside of CI jobs the team spent {usd(one.other_cost)} in it"]


def _job_json(job: RanJob) -> dict[str, Any]:
    return {
        "repository": job.repository,
        "pull_request": int(job.scope) if job.scope.isdigit() else None,
        "ref": None if job.scope.isdigit() else job.scope,
        "run_id": job.run_id,
        "job": job.job,
        "use_case": job.use_case,
        "requests": job.requests,
        "cost_usd": plain(job.cost),
    }
