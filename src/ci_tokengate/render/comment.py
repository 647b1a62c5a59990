"""The comment on a pull request: one line first, the detail folded. The step summary says the same."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ci_tokengate.core.cost import CostRow, CostState
from ci_tokengate.core.money import plain
from ci_tokengate.core.report import Report, Stage
from ci_tokengate.core.verdict import Tier, Verdict
from ci_tokengate.render.cost import figure, state_sentence
from ci_tokengate.render.data import code
from ci_tokengate.render.jobs import By, jobs_folded
from ci_tokengate.render.money import percent, usd, when
from ci_tokengate.render.record import marker, record_line
from ci_tokengate.render.words import count

LONGEST = 65_536
"""Characters of a comment that GitHub takes."""

WHAT_IS_THIS = "https://github.com/ci-tokengate/ci-tokengate#what-a-pull-request-cost"
_CUT = "\n\n*… cut: a comment holds 65,536 characters. `ci-tokengate cost` shows all of it.*\n"
_MODELS = 60


def comment(report: Report, by: By) -> str:
    """Markdown, at most 65,536 characters. Marker and record are always whole."""
    foot = "\n".join(
        [
            marker(report.repository, report.number),
            record_line(report, run_id=by.run_id, attempt=by.attempt),
        ]
    )
    text = markdown(report, by)
    room = LONGEST - len(foot) - 2
    if len(text) > room:
        text = text[: room - len(_CUT)].rsplit("\n", 1)[0] + _CUT
    return f"{text}\n{foot}\n"


def markdown(report: Report, by: By) -> str:
    """The visible part."""
    parts = [f"### {headline(report)}", *_warnings(report), _table(report.cost.rows)]
    parts += [_bar(team) for team in report.teams if team.plan.amount]
    parts += [jobs_folded(report, by), _median(report), _small_print(report)]
    return "\n\n".join(part for part in parts if part) + "\n"


def headline(report: Report) -> str:
    """Total, state, tier, and what is left of the pull request's cap, in one line."""
    parts = [f"AI cost of this pull request: {figure(report.cost)}", _state(report)]
    if report.from_fork and not report.cost.keys:
        parts.append("a fork, which gets no key")
    parts += [_tier(team) for team in report.teams]
    parts += _caps(report)
    if report.refused:
        parts.append(f"{count(len(report.refused), 'job')} refused")
    return " · ".join(parts)


def _state(report: Report) -> str:
    if report.stage is Stage.OPEN:
        return state_sentence(report.cost)
    final = "final" if report.cost.state is CostState.SETTLED else state_sentence(report.cost)
    return f"{report.stage.value}, {final}"


def _tier(v: Verdict) -> str:
    share = "" if v.utilization is None else f" at {percent(v.utilization)} of plan"
    named = {Tier.HARD_STOP: "past its hard stop", Tier.NONE: "without a plan"}
    return f"{code(v.team)} {named.get(v.tier, v.tier.value)}{share}"


def _caps(report: Report) -> list[str]:
    if report.stage is not Stage.OPEN:
        return []
    if len(report.caps) == 1:
        return [f"**{usd(report.caps[0].left)}** left for this pull request"]
    left = [f"{usd(cap.left)} for {code(cap.use_case)}" for cap in report.caps]
    return [f"left: {', '.join(left)}"] if left else []


def _warnings(report: Report) -> list[str]:
    cost = report.cost
    found = [
        f"> [!WARNING]\n> {count(row.unpriced, 'call')} of {code(row.model)} "
        f"{'has' if row.unpriced == 1 else 'have'} no price at the proxy{_by_list(row.list_price)}."
        for row in cost.rows[:_MODELS]
        if row.unpriced
    ]
    if cost.lost:
        found.append(
            "> [!WARNING]\n> The proxy's log no longer has all rows: the keys of this pull request "
            f"spent {usd(cost.lost)} more than its rows show."
        )
    return found


def _by_list(price: Decimal | None) -> str:
    known = price is not None
    return f"; by the provider's list they cost {usd(price)}" if known and price is not None else ""


def _table(rows: Sequence[CostRow]) -> str:
    if not rows:
        return "No model has answered a call of this pull request's jobs."
    lines = [
        "| use case | model | requests | tokens in | out | cache read / write | cost |",
        "|---|---|--:|--:|--:|--:|--:|",
        *(_line(code(row.use_case), code(row.model), [row]) for row in rows[:_MODELS]),
    ]
    if len(rows) > _MODELS:
        lines.append(_line("…", f"{len(rows) - _MODELS} more", rows[_MODELS:]))
    if len(rows) > 1:
        lines.append(_line("", "**all**", rows))
    return "\n".join(lines)


def _line(use_case: str, model: str, rows: Sequence[CostRow]) -> str:
    read, write = (
        sum(row.cache_read_tokens for row in rows),
        sum(row.cache_write_tokens for row in rows),
    )
    cost = sum((row.cost for row in rows), Decimal(0))
    cells = [
        use_case,
        model,
        f"{sum(row.requests for row in rows):,}",
        f"{sum(row.input_tokens for row in rows):,}",
        f"{sum(row.output_tokens for row in rows):,}",
        f"{read:,} / {write:,}" if read or write else "–",
        "no price" if not cost and any(row.unpriced for row in rows) else usd(cost),
    ]
    return f"| {' | '.join(cells)} |"


def _bar(v: Verdict) -> str:
    """Twenty boxes up to the hard stop's share of the plan."""
    share = v.utilization or Decimal(0)
    full = min(int(share * 20 / max(v.hard_stop_percent, Decimal(1))), 20)
    resets = f", resets {when(v.resets_at)}" if v.resets_at else ""
    return (
        f"{code(v.team)} `{'█' * full}{'░' * (20 - full)}` {usd(v.spend)} of {usd(v.plan.amount)} "
        f"({percent(share)}; hard stop at {percent(v.hard_stop_percent)}{resets})"
        if v.plan.amount
        else ""
    )


def _median(report: Report) -> str:
    if report.median is None or not report.median.amount or not report.cost.complete:
        return ""
    times = (report.cost.total / report.median.amount).quantize(Decimal("0.1"))
    return (
        f"{times:,} × the median of the team's last {report.median.count} merged pull requests "
        f"({usd(report.median.amount)})."
    )


def _small_print(report: Report) -> str:
    exact = f"exactly ${plain(report.cost.total)}"
    return f"<sub>Figures are the proxy's, {exact}. [What is this?]({WHAT_IS_THIS})</sub>"
