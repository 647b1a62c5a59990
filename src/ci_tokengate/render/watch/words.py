"""The early warning's sentences. What strangers chose stands in them as a Name, for each form to hide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from ci_tokengate.core.governance.spike import Reading, WatchRules
from ci_tokengate.core.showback.period import zone_of
from ci_tokengate.core.tier import Tier
from ci_tokengate.core.watch.alert import ABOVE_GREEN, Alert, SpikeAlert, TierAlert, is_better
from ci_tokengate.core.watch.breakdown import Breakdown, Slice
from ci_tokengate.core.watch.watched import TeamWatch, Watched
from ci_tokengate.render.money import percent, when
from ci_tokengate.render.showback.phrases import Line, Name, money, short_day
from ci_tokengate.render.watch.causes import cause_line
from ci_tokengate.render.words import count

_NEARLY = Decimal("0.95")
TIERS: Mapping[Tier, str] = {
    Tier.GREEN: "green",
    Tier.AMBER: "amber",
    Tier.RED: "red",
    Tier.HARD_STOP: "past its hard stop",
    Tier.NONE: "without a plan",
}
_UNREAD = "Its log could not be read, so what it is made of is not known."


def times(value: Decimal) -> str:
    """`4.2 times`; never rounded up over what fires."""
    text = f"{value.quantize(Decimal('0.1'), rounding=ROUND_DOWN):,f}"
    return f"{text.removesuffix('.0')} times"


def headline(alert: Alert) -> Line:
    """One sentence: who, how much, against what."""
    return _spike(alert) if isinstance(alert, SpikeAlert) else _tier(alert)


def _spike(alert: SpikeAlert) -> Line:
    return (
        Name(alert.team),
        f" has spent {money(alert.today)} on {short_day(alert.day)} so far, {times(alert.times)} "
        f"the {money(alert.mean)} of a usual day.",
    )


def _tier(alert: TierAlert) -> Line:
    now = TIERS[alert.tier]
    again = {Tier.GREEN: "green again", Tier.HARD_STOP: now}.get(alert.tier, f"back to {now}")
    is_ = again if is_better(alert) else now
    return (Name(alert.team), f" is {is_}: {of_plan(alert.spend, alert.plan)}.")


def of_plan(spend: Decimal, plan: Decimal) -> str:
    """`$700.00 of the $800.00 plan is spent (87.5 %)`."""
    part = f" ({percent(spend * 100 / plan)})" if plan else ""
    return f"{money(spend)} of the {money(plan)} plan is spent{part}"


def details(alert: Alert) -> Iterator[Line]:
    """What follows the headline: the likely cause, or what the tier means."""
    if isinstance(alert, SpikeAlert):
        yield cause_line(alert.cause) if alert.cause else (_UNREAD,)
        return
    if alert.tier in ABOVE_GREEN:
        yield stop_line(
            alert.tier, alert.hard_stop, alert.exempted, alert.resets_at, alert.observing
        )


def stop_line(
    tier: Tier,
    hard_stop: Decimal,
    exempted: Decimal,
    resets_at: datetime | None,
    observing: bool,
) -> Line:
    """What amber, red and the hard stop mean for its agents, and until when."""
    reset = f" The budget resets on {when(resets_at)}." if resets_at else ""
    if observing:
        return (f"The policy observes: nothing is stopped, at {money(hard_stop)} either.{reset}",)
    if tier is Tier.HARD_STOP:
        more = f", but for the {money(exempted)} that exemptions add" if exempted else ""
        return (f"From {money(hard_stop)} on, agentic use cases get no key{more}.{reset}",)
    return (f"Its agents are stopped at {money(hard_stop)}.{reset}",)


def kinds(found: Breakdown) -> list[tuple[str, Sequence[Slice]]]:
    """Those that there is something of."""
    named = [
        ("models", found.models),
        ("use cases", found.use_cases),
        ("pull requests", found.pulls),
        ("jobs", found.jobs),
    ]
    return [(name, slices) for name, slices in named if slices]


def slices_line(slices: Sequence[Slice], covered: Decimal) -> Line:
    """`claude-opus $150.00 (71 %), claude-sonnet $40.00 (19 %)`."""
    line: list[str | Name] = []
    for one in slices:
        part = f" ({percent(one.cost * 100 / covered)})" if covered > 0 else ""
        line += [", " if line else "", Name(one.name), f" {money(one.cost)}{part}"]
    return tuple(line)


def coverage_line(found: Breakdown, today: Decimal) -> str:
    """Empty where all of the day is broken down, or nothing."""
    if found.covered >= today * _NEARLY or not found.models:
        return ""
    return f"Broken down: {money(found.covered)} of it, the dearest calls."


def reading_words(team: TeamWatch, rules: WatchRules) -> str:
    """What the team's day is, and why it is no alarm where it is none."""
    if team.unknown:
        return "not known: its log could not be read"
    return {
        Reading.SPIKE: "out of the ordinary",
        Reading.USUAL: "usual",
        Reading.BELOW_FLOOR: f"below the floor of {money(rules.spike.floor)}",
        Reading.TOO_NEW: "too new: no seven complete days since its first spend",
        Reading.NO_BASELINE: "nothing to compare with: no spend in the seven days before",
    }[team.day.reading]


def moment_in(found: Watched) -> str:
    """`28 Nov 2026 16:11 Europe/Berlin`."""
    local = found.at.astimezone(zone_of(found.zone))
    return f"{local.day} {local:%b %Y %H:%M} {found.zone}"


def too_early(found: Watched) -> str:
    """Empty where the day is judged."""
    if found.judged:
        return ""
    at = f"{found.rules.hour:02}:00 {found.zone}"
    return f"The day is judged from {at} on (--now: at once); tiers are looked at all the same."


def quiet_line(quiet: int, of: int) -> str:
    if not of:
        return "The proxy knows no team."
    who = count(quiet, "team") if quiet > 1 or quiet == of else "team"
    rest = "" if quiet == of else "The other "
    return f"{rest}{who}: nothing out of the ordinary."
