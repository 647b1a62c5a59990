"""Local days out of a proxy's UTC days: what is exact already, and what only the log can tell apart.

A proxy keeps its sums by UTC day. Where the zone's midnight is not UTC's, the seven days before begin
and end inside a UTC day, and so does today. Only teams that could be alarming by the widest reading
of those sums are worth asking the log about: the pieces between UTC's midnight and the zone's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal

from ci_tokengate.core.governance.spike import DAYS, SpikeRule
from ci_tokengate.core.money import add_exactly, exact_sum, multiply_exactly
from ci_tokengate.core.showback.period import local_day, midnight

LOOK_BACK = 14
"""Days in which a team's first spend is looked for: one older than that is an old team's."""
_DAY = timedelta(days=1)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Window:
    """Today so far and the seven complete days before, as UTC has them.

    `day` is the local day that is going on, from `begins` to `ends`; `before` is the midnight of seven
    days earlier, and `second` the one after that. `whole` are the UTC days that lie in those seven entirely. `edges` are the pieces of the
    seven days outside of them, none where the zone's midnights are UTC's.
    """

    day: date
    now: datetime
    begins: datetime
    ends: datetime
    before: datetime
    second: datetime

    @property
    def exact(self) -> bool:
        """The proxy's UTC days are the zone's days."""
        return not self.edges and self.begins.time() == time()

    @property
    def first(self) -> date:
        """The first UTC day to read."""
        return self.before.date() - (LOOK_BACK - DAYS) * _DAY

    @property
    def last(self) -> date:
        return self.now.date()

    @property
    def today(self) -> Span:
        """To its end: the proxy's clock dates the rows, and may be ahead of ours."""
        return self.begins, self.ends

    @property
    def whole(self) -> list[date]:
        begin = self.before.date() + (_DAY if self.before.time() > time() else timedelta(0))
        return [begin + n * _DAY for n in range((self.begins.date() - begin).days)]

    @property
    def edges(self) -> list[Span]:
        spans = []
        if self.before.time() > time():
            spans.append((self.before, _start(self.before.date() + _DAY)))
        if self.begins.time() > time():
            spans.append((_start(self.begins.date()), self.begins))
        return spans

    @property
    def late(self) -> Span:
        """What of the first of the seven days is on a UTC day that is told as the second of them."""
        return max(self.before, _start(self.whole[0])), self.second


def window_at(now: datetime, zone: tzinfo) -> Window:
    """`now` is aware."""
    day = local_day(now, zone)
    return Window(
        day=day,
        now=now.astimezone(timezone.utc),
        begins=midnight(day, zone),
        ends=midnight(day + _DAY, zone),
        before=midnight(day - DAYS * _DAY, zone),
        second=midnight(day - (DAYS - 1) * _DAY, zone),
    )


def could_be_spike(spend: Mapping[date, Decimal], window: Window, rule: SpikeRule) -> bool:
    """By the most that today can be and the least that the seven days can. `spend` is by UTC day."""
    most = exact_sum(
        max(amount, Decimal(0)) for d, amount in spend.items() if d >= window.begins.date()
    )
    least = exact_sum(max(spend.get(d, Decimal(0)), Decimal(0)) for d in window.whole)
    return most >= rule.floor and multiply_exactly(most, Decimal(DAYS)) >= least * rule.factor


def local_spend(
    spend: Mapping[date, Decimal],
    window: Window,
    *,
    today: Decimal,
    edges: Sequence[Decimal],
    late: Decimal = Decimal(0),
) -> dict[date, Decimal]:
    """USD by local day, from UTC days and what the log has of today, of `window.edges` and `window.late`.

    Today, the sum of the seven days, and whether there was any before them are exact. Which of the
    seven a UTC day in between falls on is taken by its name, which changes none of these; `late` is
    what of it belongs to the first of them.
    """
    seventh, yesterday = window.day - DAYS * _DAY, window.day - _DAY
    shift = seventh - window.before.date()
    kept = {d + shift: a for d, a in spend.items() if d < window.before.date()}

    def add(day: date, amount: Decimal) -> None:
        kept[day] = add_exactly(kept.get(day, Decimal(0)), amount)

    for d in window.whole:
        add(min(max(d + shift, seventh), yesterday), spend.get(d, Decimal(0)))
    for (begin, _), amount in zip(window.edges, edges, strict=True):
        if begin == window.before:
            add(seventh - _DAY, spend.get(begin.date(), Decimal(0)) - amount)
        add(seventh if begin == window.before else yesterday, amount)
    if late:
        add(seventh, late)
        add(seventh + _DAY, -late)
    return {**kept, window.day: today}


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.utc)
