"""The machine's view of a verdict: action outputs and `--format json` have one source."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from ci_tokengate.core.cost import CostState
from ci_tokengate.core.keys import JobKey
from ci_tokengate.core.money import exact_sum, plain
from ci_tokengate.core.report import Report
from ci_tokengate.core.verdict import Verdict
from ci_tokengate.render.cost import cost_json
from ci_tokengate.render.money import iso
from ci_tokengate.render.reasons import reason

_LONGEST = 900_000
"""Characters of one output: GitHub takes a megabyte of all that a job has. `keys` are left out first."""
_PERCENT = Decimal("0.0001")


def verdict_outputs(v: Verdict, cap: Decimal | None = None) -> dict[str, str]:
    """Names as in action.yml. Money is USD in full precision, times RFC 3339 UTC, unknown is empty.

    `utilization` is percent of plan, to four decimals; `remaining-usd` is to the hard stop.
    """
    return {
        "allowed": "true" if v.allowed else "false",
        "verdict": v.outcome.value,
        "tier": v.tier.value,
        "reason": reason(v),
        "utilization": "" if v.utilization is None else plain(v.utilization.quantize(_PERCENT)),
        "plan-usd": _usd(v.plan.amount),
        "spend-usd": _usd(v.spend),
        "remaining-usd": _usd(v.remaining),
        "resets-at": iso(v.resets_at) if v.resets_at else "",
        "cap-usd": _usd(cap),
    }


def refusal_outputs(verdict: str, text: str) -> dict[str, str]:
    """Outputs where no budget was read: a fork, or an undecided verdict."""
    return {"allowed": "false", "verdict": verdict, "tier": "none", "reason": text}


def key_outputs(key: JobKey) -> dict[str, str]:
    """What may be said of a key aloud. The key itself is no part of it."""
    return {"cap-usd": plain(key.cap), "expires-at": iso(key.expires_at), "key-id": key.id}


def cost_outputs(told: Sequence[tuple[Report, str]]) -> dict[str, str]:
    """Of one pull request; of several the sum, the weakest state, and a list as JSON."""
    if not told:
        names = ("cost-usd", "comment-url", "cost-json")
        return {**dict.fromkeys(names, ""), "cost-state": CostState.UNKNOWN.value}
    costs = [report.cost for report, _ in told]
    states = {cost.state for cost in costs}
    weakest = next(
        s for s in (CostState.UNKNOWN, CostState.PROVISIONAL, CostState.SETTLED) if s in states
    )
    bodies = [
        {"pull_request": r.number, "stage": r.stage.value, **cost_json(r.cost)} for r, _ in told
    ]
    text = json.dumps(bodies[0] if len(bodies) == 1 else bodies)
    if len(text) > _LONGEST:
        short = [{name: v for name, v in body.items() if name != "keys"} for body in bodies]
        text = json.dumps(short[0] if len(short) == 1 else short)
    return {
        "cost-usd": plain(exact_sum(cost.total for cost in costs)),
        "cost-state": weakest.value,
        "comment-url": told[0][1] if len(told) == 1 else "",
        "cost-json": text if len(text) <= _LONGEST else "",
    }


def as_json(outputs: dict[str, str]) -> dict[str, object]:
    """The same with underscores; `allowed` is a boolean, and what is unknown is null."""
    named: dict[str, object] = {k.replace("-", "_"): v or None for k, v in outputs.items()}
    if "allowed" in named:
        named["allowed"] = outputs["allowed"] == "true"
    return named


def _usd(amount: Decimal | None) -> str:
    return "" if amount is None else plain(amount)
