"""One look as Markdown: the step summary of a run, and a team's issue."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.core.tier import Tier
from ci_tokengate.core.watch.alert import ABOVE_GREEN
from ci_tokengate.core.watch.breakdown import Breakdown
from ci_tokengate.core.watch.watched import TeamWatch, Watched
from ci_tokengate.render.data import code, in_title
from ci_tokengate.render.markdown import escaped
from ci_tokengate.render.money import percent
from ci_tokengate.render.showback.phrases import Line, money, short_day, written
from ci_tokengate.render.watch import words
from ci_tokengate.render.watch.causes import cause_line
from ci_tokengate.render.watch.text import ordered

_SHOWN = 50
"""Teams in a summary: GitHub takes a mebibyte of a step."""
_TITLE = 200
_AS_OF = "* As of "


def summary(found: Watched) -> str:
    """All that stands out, in one table, each with what is behind it."""
    shown = ordered(found, every=False)
    told = ["### AI spend today", "", f"{words.moment_in(found)} · {code(found.proxy)}", ""]
    if words.too_early(found):
        told += [words.too_early(found), ""]
    if shown:
        told += [
            "| team | today | usual day | times | of plan | tier |",
            "|---|--:|--:|--:|--:|---|",
        ]
        told += [_row(team) for team in shown[:_SHOWN]]
        told.append("")
        for team in shown[:_SHOWN]:
            told += _about(team, found)
    quiet = len(found.teams) - len(shown)
    if len(shown) > _SHOWN:
        told += [f"{len(shown) - _SHOWN:,} more stand out.", ""]
    if quiet or not shown:
        told += [words.quiet_line(quiet, len(found.teams)), ""]
    told += [f"! {escaped(trouble.message)}" for trouble in found.troubles]
    return "\n".join(told).strip() + "\n"


def issue(found: Watched, team: TeamWatch, over: bool) -> tuple[str, str]:
    """Title and text of a team's issue."""
    told = [*_state(found, team, over), ""]
    if found.shows(team):
        told += [*_behind(team), ""]
    told.append(
        "This issue is kept up to date, and closed when the team is green and its day is usual. "
        "Whoever closes it before is left alone until there is news."
    )
    return _title(found, team, over), "\n".join(line.rstrip() for line in told).strip()


def says_the_same(one: str, other: str) -> bool:
    """But for the time that it was said at."""
    return _undated(one) == _undated(other)


def _undated(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith(_AS_OF)]


def _title(found: Watched, team: TeamWatch, over: bool) -> str:
    if over:
        state = "over"
    elif found.shows(team) and team.day.times:
        state = f"{words.times(team.day.times)} a usual day"
    else:
        state = words.TIERS[team.tier]
    return f"AI spend of {in_title(team.team)}: {state}"[:_TITLE]


def _state(found: Watched, team: TeamWatch, over: bool) -> Iterator[str]:
    if over:
        yield f"**It is over.** As of {words.moment_in(found)}:"
        yield ""
    day, mean = team.day, team.day.mean
    if found.shows(team) and mean and day.times:
        on = f"on {short_day(found.day)} so far, {words.times(day.times)}"
        yield f"* {code(team.team)} has spent **{money(day.today)}** {on} the {money(mean)} of a usual day."
    elif found.judged:
        usual = f"; a usual day is {money(mean)}" if mean else ""
        yield f"* {code(team.team)} has spent {money(day.today)} on {short_day(found.day)} so far{usual}."
    if team.spend is not None and team.plan is not None:
        yield f"* It is {words.TIERS[team.tier]}: {words.of_plan(team.spend, team.plan)}."
    if team.tier in ABOVE_GREEN and team.hard_stop is not None:
        stop = (team.tier, team.hard_stop, team.exempted, team.resets_at, found.observing)
        yield f"* {_md(words.stop_line(*stop))}"
    if not over:
        yield f"{_AS_OF}{words.moment_in(found)}, by {code(found.proxy)}."


def _about(team: TeamWatch, found: Watched) -> Iterator[str]:
    if found.shows(team):
        yield from (f"**{code(team.team)}**", "", *_behind(team), "")


def _behind(team: TeamWatch) -> Iterator[str]:
    if team.cause:
        yield f"{_md(cause_line(team.cause))}"
        yield ""
    if team.breakdown and team.breakdown.models:
        yield from _tables(team.breakdown)
        left = words.coverage_line(team.breakdown, team.day.today)
        if left:
            yield from ("", left)
    elif not team.breakdown:
        yield "Its log could not be read, so what it is made of is not known."


def _tables(found: Breakdown) -> Iterator[str]:
    yield "| | | cost | | calls |"
    yield "|---|---|--:|--:|--:|"
    for kind, slices in words.kinds(found):
        for n, one in enumerate(slices):
            part = percent(one.cost * 100 / found.covered) if found.covered > 0 else ""
            label = "" if n else f"**{kind}**"
            yield f"| {label} | {code(one.name)} | {money(one.cost)} | {part} | {one.calls:,} |"


def _row(team: TeamWatch) -> str:
    day, most, least = team.day, "" if team.exact else "≤ ", "" if team.exact else "≥ "
    by = words.times(day.times).removesuffix(" times") if day.times and team.exact else ""
    mean = "" if day.mean is None else f"{least}{money(day.mean)}"
    plan = percent(team.spend * 100 / team.plan) if team.plan and team.spend is not None else ""
    tier = "" if team.tier is Tier.NONE else words.TIERS[team.tier]
    return f"| {code(team.team)} | {most}{money(day.today)} | {mean} | {by} | {plan} | {tier} |"


def _md(line: Line) -> str:
    return written(line, code)
