"""What starts a workflow, and how often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

_NAMES = {
    "month": ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    "day": ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
}
_SOME_YEAR = date(2028, 1, 1)
"""A leap year: crons for the 29th of February run in it."""


def events(root: Map) -> Mapping[str, Node | None]:
    """Trigger → what stands below it."""
    node = root.get("on") or root.get("true")
    if isinstance(node, Scalar):
        return {node.text: None}
    if isinstance(node, Seq):
        return {item.text: None for item in node.items if isinstance(item, Scalar)}
    if isinstance(node, Map):
        return {key.text: value for key, value in node.items.values()}
    return {}


def has_paths(node: Node | None) -> bool:
    """Whether a trigger runs for some files only."""
    if not isinstance(node, Map):
        return False
    for name in ("paths", "paths-ignore"):
        below = node.get(name)
        if isinstance(below, Scalar) and below.text:
            return True
        if isinstance(below, Seq) and _narrows(name, below):
            return True
    return False


def _narrows(name: str, below: Seq) -> bool:
    """`paths: ['**']` leaves nothing out."""
    texts = [item.text for item in below.items if isinstance(item, Scalar)]
    return bool(texts) and not (name == "paths" and texts[-1] in ("**", "**/*", "*"))


def crons(node: Node | None) -> list[str]:
    """The expressions of a `schedule`."""
    items = node.items if isinstance(node, Seq) else ()
    found = [item.get("cron") for item in items if isinstance(item, Map)]
    return [cron.text for cron in found if isinstance(cron, Scalar)]


def more_than_daily(expressions: list[str]) -> bool:
    """Whether some day has two runs or more. What is no cron expression counts for nothing."""
    days: dict[date, set[tuple[int, int]]] = {}
    for expression in expressions:
        fields = expression.split()
        if len(fields) != 5:
            continue
        minutes, hours = _field(fields[0], 0, 59), _field(fields[1], 0, 23)
        times = {(hour, minute) for hour in hours for minute in minutes}
        for day in _days(fields[2], fields[3], fields[4]):
            days.setdefault(day, set()).update(times)
            if len(days[day]) > 1:
                return True
    return False


def _days(of_month: str, months: str, of_week: str) -> Iterator[date]:
    """As cron has it: if both days are restricted, either is enough."""
    in_month, in_week = _field(of_month, 1, 31), {d % 7 for d in _field(of_week, 0, 7, "day")}
    in_year = _field(months, 1, 12, "month")
    free_month, free_week = of_month.startswith("*"), of_week.startswith("*")
    for nth in range(366):
        day = _SOME_YEAR + timedelta(days=nth)
        if day.month not in in_year:
            continue
        by_month, by_week = day.day in in_month, (day.weekday() + 1) % 7 in in_week
        if (by_month and by_week) if free_month or free_week else (by_month or by_week):
            yield day


def _field(text: str, first: int, last: int, kind: str = "") -> set[int]:
    found: set[int] = set()
    for part in text.lower().split(",")[:64]:
        span, _, step = part.partition("/")
        start, dash, stop = span.partition("-")
        low = first if span in ("*", "?") else _number(start, first, kind)
        high = last if span in ("*", "?") else _number(stop, first, kind) if dash else low
        if step and not dash and span not in ("*", "?"):
            high = last
        every = int(step) if step.isdecimal() and len(step) < 4 and int(step) else 1
        if low is not None and high is not None:
            found.update(range(max(low, first), min(high, last) + 1, every))
    return found


def _number(text: str, first: int, kind: str) -> int | None:
    if text.isdecimal() and len(text) < 4:
        return int(text)
    names = _NAMES.get(kind, [])
    return names.index(text[:3]) + first if text[:3] in names else None
