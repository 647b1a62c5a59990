"""One look for a terminal: a table of what stands out, and what each of it is made of."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.core.tier import Tier
from ci_tokengate.core.watch.alert import ABOVE_GREEN
from ci_tokengate.core.watch.watched import TeamWatch, Watched
from ci_tokengate.render.columns import aligned
from ci_tokengate.render.data import printable
from ci_tokengate.render.money import percent
from ci_tokengate.render.showback.phrases import NOT_KNOWN, Line, money, written
from ci_tokengate.render.watch import words
from ci_tokengate.render.watch.causes import cause_line

_HEAD = ("team", "today", "usual day", "times", "of plan", "tier")
_RANK = (Tier.NONE, Tier.GREEN, Tier.AMBER, Tier.RED, Tier.HARD_STOP)


def lines(found: Watched, *, every: bool = False) -> list[str]:
    """`every`: all teams, with what each day is; else those that stand out."""
    shown = ordered(found, every=every)
    told = [f"{words.moment_in(found)} · {printable(found.proxy, 200)}"]
    if words.too_early(found):
        told.append(words.too_early(found))
    if shown:
        told += ["", *aligned([_HEAD, *(_row(t) for t in shown)], right=range(1, 5))]
    for team in shown:
        told += _about(team, found, every=every)
    quiet = len(found.teams) - len(shown)
    if quiet or not shown:
        told += ["", words.quiet_line(quiet, len(found.teams))]
    if found.alerts:
        told += ["", "New:", *(f"  {plain(words.headline(a))}" for a in found.alerts)]
    return told


def stands_out(team: TeamWatch, found: Watched) -> bool:
    return found.shows(team) or team.unknown or team.tier in ABOVE_GREEN


def ordered(found: Watched, *, every: bool) -> list[TeamWatch]:
    """Spikes first, then by tier, then by what was spent today."""
    shown = [t for t in found.teams if every or stands_out(t, found)]
    return sorted(
        shown,
        key=lambda t: (not found.shows(t), -_RANK.index(t.tier), -t.day.today, t.team),
    )


def plain(line: Line) -> str:
    return written(line, printable)


def _row(team: TeamWatch) -> tuple[str, ...]:
    day, most, least = team.day, "" if team.exact else "≤ ", "" if team.exact else "≥ "
    by = words.times(day.times).removesuffix(" times") if day.times and team.exact else "–"
    plan = percent(team.spend * 100 / team.plan) if team.plan and team.spend is not None else "–"
    mean = "–" if day.mean is None else f"{least}{money(day.mean)}"
    return (
        *(printable(team.team), f"{most}{money(day.today)}", mean, by, plan),
        words.TIERS[team.tier] if team.spend is not None else NOT_KNOWN,
    )


def _about(team: TeamWatch, found: Watched, *, every: bool) -> Iterator[str]:
    spikes = found.shows(team)
    if spikes and team.cause:
        yield from ("", printable(team.team), f"  {plain(cause_line(team.cause))}")
    if spikes and team.breakdown:
        width = max((len(kind) for kind, _ in words.kinds(team.breakdown)), default=0)
        for kind, slices in words.kinds(team.breakdown):
            line = plain(words.slices_line(slices, team.breakdown.covered))
            yield f"  {kind:<{width}}  {line}"
        if words.coverage_line(team.breakdown, team.day.today):
            yield f"  {words.coverage_line(team.breakdown, team.day.today)}"
    if found.judged and not spikes and (every or team.unknown):
        yield f"  {printable(team.team)}: {words.reading_words(team, found.rules)}"
