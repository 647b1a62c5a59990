"""Where the teams that pay for a pull request stand, in its comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from ci_tokengate.core.tier import Tier
from ci_tokengate.core.verdict import Cause, Verdict
from ci_tokengate.render.data import code
from ci_tokengate.render.money import percent, usd, when
from ci_tokengate.render.words import count

_WORDS = {
    Tier.HARD_STOP: "past its hard stop",
    Tier.RED: "red",
    Tier.AMBER: "amber",
    Tier.GREEN: "green",
    Tier.NONE: "without a plan",
}
_BLOCKED = "blocked at the proxy"
_WORST_FIRST = (_BLOCKED, *_WORDS.values())
_BOXES = 20


def budget_words(teams: Sequence[Verdict]) -> str:
    """`budget green`, or `budgets: 1 amber, 2 green`, the worst first; names stand further down."""
    words = Counter(_word(team) for team in teams)
    if len(teams) < 2:
        return "".join(f"budget {word}" for word in words)
    told = [f"{words[word]} {word}" for word in _WORST_FIRST if words[word]]
    better = sum(words[word] for word in [w for w in _WORST_FIRST if words[w]][1:])
    return "budgets: " + ", ".join(told if len(told) < 3 else [told[0], f"{better} better"])


def budget_lines(teams: Sequence[Verdict], size: int) -> list[str]:
    lines = [_line(team) for team in teams[:size]]
    if len(teams) > size:
        lines.append(f"… and {count(len(teams) - size, 'more team')}.")
    return lines


def _word(v: Verdict) -> str:
    return _BLOCKED if v.cause is Cause.TEAM_BLOCKED else _WORDS[v.tier]


def _line(v: Verdict) -> str:
    if v.plan.amount is None:
        return f"{code(v.team)} has no plan to measure {usd(v.spend)} against{_blocked(v)}."
    if v.utilization is None:
        return f"{code(v.team)} has a plan of $0; {usd(v.spend)} is spent{_blocked(v)}."
    resets = f", resets {when(v.resets_at)}" if v.resets_at else ""
    return (
        f"{code(v.team)} {_bar(v.utilization, v.hard_stop_percent)} {percent(v.utilization)} of "
        f"the {usd(v.plan.amount)} plan ({usd(v.spend)}), {_word(v)} · "
        f"hard stop at {percent(v.hard_stop_percent)}{resets}"
    )


def _blocked(v: Verdict) -> str:
    return f", and it is {_BLOCKED}" if v.cause is Cause.TEAM_BLOCKED else ""


def _bar(share: Decimal, hard_stop: Decimal) -> str:
    """Twenty boxes up to the hard stop; the first is full as soon as something is spent."""
    full = min(int(share * _BOXES / max(hard_stop, Decimal(1))), _BOXES)
    full = max(full, 1) if share > 0 else 0
    return f"<code>{'█' * full}{'░' * (_BOXES - full)}</code>"
