"""What was found in a policy: for a terminal, for GitHub's annotations, as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ci_tokengate.core.advice.advice import Advice, Place
from ci_tokengate.core.advice.savings import Saving
from ci_tokengate.core.level import Level
from ci_tokengate.core.money import exact_sum, plain
from ci_tokengate.render.data import printable
from ci_tokengate.render.money import percent, usd
from ci_tokengate.render.words import count

Where = Callable[[Place], tuple[int, int]]
"""Line and column, from 1, of a place in the file."""

_MARK = {Level.ERROR: "✖", Level.WARNING: "!", Level.NOTE: "·"}
_COMMAND = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
_LONG = 400


def lines(path: str, found: Sequence[Advice], where: Where) -> Iterator[str]:
    """In the order of the file, an error first where two are about one place."""
    for one in _ordered(found, where):
        line, column = where(one.place)
        yield f"{path}:{line}:{column}: {_MARK[one.level]} {_clean(one.message)}"
        yield f"    → {_clean(one.hint)}"


def commands(path: str, found: Sequence[Advice], where: Where) -> Iterator[str]:
    """Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands"""
    for one in _ordered(found, where):
        line, column = where(one.place)
        place = f"file={_property(path)},line={line},col={column},title=ci-tokengate policy"
        text = _data(f"{_clean(one.message)} → {_clean(one.hint)}")
        yield f"::{_COMMAND[one.level]} {place}::{text}"


def as_json(found: Sequence[Advice], where: Where) -> list[dict[str, Any]]:
    return [
        {
            "level": one.level.value,
            "key": ".".join(map(str, one.place)),
            "line": where(one.place)[0],
            "column": where(one.place)[1],
            "message": one.message,
            "hint": one.hint,
        }
        for one in _ordered(found, where)
    ]


def saved(found: Sequence[Saving], days: int) -> list[Advice]:
    """As notes, each at the use case's models: an estimate is no fault of a file."""
    return [
        Advice(
            level=Level.NOTE,
            place=("use-cases", one.use_case, "models"),
            message=_spent(one, days),
            hint=_instead(one),
        )
        for one in found
    ]


def saving_json(one: Saving) -> dict[str, Any]:
    return {
        "use_case": one.use_case,
        "model": one.model,
        "instead": one.instead,
        "cost_usd": plain(one.cost),
        "would_cost_usd": None if one.would is None else plain(one.would),
        "saved_usd": None if one.would is None else plain(one.saved),
        "requests": one.requests,
        "unpriced_requests": one.unpriced,
    }


def closing(found: Sequence[Advice], savings: Sequence[Saving], days: int) -> str:
    """What it comes to: how much of each level, and what re-routing would have saved in all."""
    levels = Counter(one.level for one in found)
    told = [count(levels[level], level.value) for level in Level if levels[level]]
    total = exact_sum(one.saved for one in savings)
    if total:
        told.append(f"re-routing would have saved about {usd(total)} in {count(days, 'day')}")
    return ", ".join(told)


def _ordered(found: Sequence[Advice], where: Where) -> list[Advice]:
    ranks = list(Level)
    return sorted(found, key=lambda one: (where(one.place), ranks.index(one.level)))


def _spent(one: Saving, days: int) -> str:
    about = f"{one.use_case} spent {usd(one.cost)} on {one.model} in {count(days, 'day')}"
    if not one.unpriced:
        return about
    return (
        f"{about}, and {one.unpriced} of its {count(one.requests, 'request')} have no price there"
    )


def _instead(one: Saving) -> str:
    if one.would is None:
        return (
            f"{one.instead} is what the task needs; what it would have cost is not known: no price"
        )
    share = f", {percent(one.saved * 100 / one.cost)} less" if one.cost else ""
    return f"the same tokens on {one.instead} would have cost about {usd(one.would)}{share}"


def _clean(text: str) -> str:
    """Names in it are a stranger's: on one line, and nothing a terminal would obey."""
    return printable(text, _LONG)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
