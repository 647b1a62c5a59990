"""The step summary of a gate: the same reason as the annotation, and the figures as a table."""

from __future__ import annotations

from ci_tokengate.core.verdict import Verdict
from ci_tokengate.render.markdown import escaped
from ci_tokengate.render.money import percent, usd, when
from ci_tokengate.render.reasons import reason
from ci_tokengate.render.verdict import MARKS, advice


def gate_summary(v: Verdict, *, key: str = "", notes: tuple[str, ...] = ()) -> str:
    """Markdown. Names from the policy are data: nothing in them is markup here."""
    rows = [
        ("team", escaped(v.team)),
        ("use case", escaped(v.use_case)),
        ("tier", v.tier.value),
        ("spend", usd(v.spend)),
        (
            "plan",
            "none" if v.plan.amount is None else f"{usd(v.plan.amount)} ({v.plan.source.value})",
        ),
        ("utilization", "n/a" if v.utilization is None else percent(v.utilization)),
        ("left to the hard stop", "n/a" if v.remaining is None else usd(v.remaining)),
        ("resets", "n/a" if v.resets_at is None else when(v.resets_at)),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    follow = "\n\n".join(escaped(line) for line in [key, *advice(v), *notes] if line)
    return (
        f"### {MARKS[v.outcome]} AI budget gate\n\n{escaped(reason(v))}\n\n"
        f"{follow}\n\n| | |\n|---|---|\n{table}\n"
    )
