"""The comment on a pull request: one line first, the detail folded. The step summary says the same."""

from __future__ import annotations

from decimal import Decimal

from ci_tokengate.core.cost import CostState
from ci_tokengate.core.money import plain
from ci_tokengate.core.report import CapLeft, Report, Stage
from ci_tokengate.render.budgets import budget_lines, budget_words
from ci_tokengate.render.calls import calls_table, unpriced_lines
from ci_tokengate.render.cost import state_sentence
from ci_tokengate.render.data import code
from ci_tokengate.render.jobs import By, jobs_folded, refused_words
from ci_tokengate.render.money import usd
from ci_tokengate.render.record import marker, record_line
from ci_tokengate.render.words import count

LONGEST = 65_536
"""Characters of a comment that GitHub takes."""

WHAT_IS_THIS = "https://github.com/ci-tokengate/ci-tokengate#what-a-pull-request-cost"
SIZES = (100, 50, 20, 10, 4)
"""Lines of a list. Names that are all markup are six times as long as they look, and only those
need the smaller ones; the smallest holds whatever the names are."""
_CUT = "*Cut: a comment holds 65,536 characters. `ci-tokengate cost` shows all of it.*"


def comment(report: Report, by: By) -> str:
    """Markdown, at most 65,536 characters. Marker and record are always whole."""
    record = record_line(report, run_id=by.run_id, attempt=by.attempt)
    foot = f"\n{marker(report.repository, report.number)}\n{record}\n"
    texts = (
        _markdown(report, by, size, () if size == SIZES[0] else (_CUT,)) + foot for size in SIZES
    )
    return next(text for text in texts if len(text) <= LONGEST)


def markdown(report: Report, by: By) -> str:
    """The visible part."""
    return _markdown(report, by, SIZES[0], ())


def headline(report: Report) -> str:
    """Total, state, tier of the budget, what is left of the cap: short enough to stay one line."""
    parts = [f"AI cost of this pull request: {_figure(report)}", _state(report)]
    if report.from_fork and not report.cost.keys:
        parts.append("a fork, which gets no key")
    if report.refused:
        parts.append(f"{refused_words(report.refused)} refused")
    parts += [budget_words(report.teams), _left(report)]
    return " · ".join(part for part in parts if part)


def _markdown(report: Report, by: By, size: int, notice: tuple[str, ...]) -> str:
    parts = [
        f"### {headline(report)}",
        _warning(report, size),
        calls_table(report.cost.rows, size),
        *notice,
        *budget_lines(report.teams, size),
        "Observe mode: nothing is blocked." if report.observing else "",
        _caps(report, size),
        jobs_folded(report, by, size),
        _median(report),
        _small_print(report),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _figure(report: Report) -> str:
    """Unknown is never a zero (DESIGN D11)."""
    cost = report.cost
    if not cost.complete:
        return f"at least {usd(cost.total)}" if cost.total else "not known"
    return usd(cost.total) + (" so far" if cost.running else "")


def _state(report: Report) -> str:
    state = report.cost.state.value
    if report.stage is Stage.OPEN:
        return state
    return f"{report.stage.value}, {'final' if state == CostState.SETTLED.value else state}"


def _left(report: Report) -> str:
    """Of the cap on the pull request; where there are several, of the one that ends first."""
    if report.stage is not Stage.OPEN or not report.caps:
        return ""
    least = min(report.caps, key=lambda cap: cap.left)
    left = f"{usd(least.left)} left" if least.left else "nothing left"
    return left if len(report.caps) == 1 else f"{left} for {code(least.use_case)}"


def _caps(report: Report, size: int) -> str:
    if report.stage is not Stage.OPEN or not report.caps:
        return ""
    shown = [_cap(cap) for cap in report.caps[:size]]
    more = len(report.caps) - len(shown)
    return (
        f"Left for this pull request: {', '.join([*shown, *([f'{more} more'] if more else [])])}."
    )


def _cap(cap: CapLeft) -> str:
    return f"{usd(cap.left)} of {usd(cap.cap)} for {code(cap.use_case)}"


def _warning(report: Report, size: int) -> str:
    lines = unpriced_lines(report.cost.rows, size // 4)
    if report.cost.lost:
        lines.append(
            "The proxy's log no longer has all rows: the keys of this pull request spent "
            f"{usd(report.cost.lost)} more than its rows show."
        )
    if report.cost.forgotten:
        lines.append(
            f"{count(report.cost.forgotten, 'job')} ended before the proxy's log begins: whether "
            f"{'it' if report.cost.forgotten == 1 else 'they'} spent anything is not known."
        )
    return "\n".join(["> [!WARNING]", *(f"> {line}  " for line in lines)]) if lines else ""


def _median(report: Report) -> str:
    if report.median is None or not report.median.amount or not report.cost.complete:
        return ""
    times = (report.cost.total / report.median.amount).quantize(Decimal("0.1"))
    return (
        f"{times:,} × the median of the team's last {report.median.count} merged pull requests "
        f"({usd(report.median.amount)})."
    )


def _small_print(report: Report) -> str:
    """The exact figure and its time, for whoever adds up."""
    said = state_sentence(report.cost)
    how = "exactly" if report.cost.complete else "at least"
    return (
        f"<sub>{said[:1].upper()}{said[1:]}; {how} ${plain(report.cost.total)} by the proxy's log. "
        f"[What is this?]({WHAT_IS_THIS})</sub>"
    )
