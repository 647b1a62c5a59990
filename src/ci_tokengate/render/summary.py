"""The step summary of a gate: the same reason as the annotation, and the figures as a table."""

from __future__ import annotations

from ci_tokengate.core.verdict import Verdict
from ci_tokengate.render.money import percent, usd, when
from ci_tokengate.render.verdict import MARKS, advice, reason

_ESCAPED = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>|#@!~"})


def gate_summary(v: Verdict, *, key: str = "", notes: tuple[str, ...] = ()) -> str:
    """Markdown. Names from the policy are data: nothing in them is markup here."""
    rows = [
        ("team", _text(v.team)),
        ("use case", _text(v.use_case)),
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
    follow = "\n\n".join(_text(line) for line in [key, *advice(v), *notes] if line)
    return (
        f"### {MARKS[v.outcome]} AI budget gate\n\n{_text(reason(v))}\n\n"
        f"{follow}\n\n| | |\n|---|---|\n{table}\n"
    )


def plain_summary(mark: str, text: str, hint: str = "") -> str:
    body = _text(text) + (f"\n\n{_text(hint)}" if hint else "")
    return f"### {mark} AI budget gate\n\n{body}\n"


def _text(line: str) -> str:
    return " ".join(line.split()).translate(_ESCAPED)
