"""Alerts told to those who are owed them: each sink on its own, and each alert once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ci_tokengate.core.watch.alert import (
    Alert,
)
from ci_tokengate.errors import TokengateError, UndecidedError
from ci_tokengate.ports import Channel
from ci_tokengate.ports.watch import AlertBook
from ci_tokengate.render.words import count

_FAILURES = 3
"""In a row, after which a sink is left alone for this run."""


@dataclass(frozen=True, kw_only=True)
class Sink:
    """Where alerts are told. `message` puts as many as `at_once` into one."""

    name: str
    channel: Channel
    message: Callable[[Sequence[Alert]], Mapping[str, object]]
    at_once: int = 1


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What became of one message: told, or why not."""

    sink: str
    alerts: int
    trouble: TokengateError | None = None


def deliver(book: AlertBook, sinks: Sequence[Sink]) -> Iterator[Delivery]:
    """What each sink is owed, told. One that fails keeps none of the others from being told.

    Raises what `book` raises.
    """
    for sink in sinks:
        owed, failures = list(book.take(sink.name)), 0
        while owed:
            left_alone = failures == _FAILURES
            size = len(owed) if left_alone else sink.at_once
            some, owed = owed[:size], owed[size:]
            trouble = _left_alone(sink, some) if left_alone else _sent(sink, some)
            failures = failures + 1 if trouble else 0
            for alert in some:
                book.settle(alert, sink.name, told=trouble is None)
            yield Delivery(sink=sink.name, alerts=len(some), trouble=trouble)


def _sent(sink: Sink, alerts: Sequence[Alert]) -> TokengateError | None:
    try:
        sink.channel.post(sink.message(alerts))
    except TokengateError as error:
        return error
    return None


def _left_alone(sink: Sink, alerts: Sequence[Alert]) -> TokengateError:
    return UndecidedError(
        f"It failed {_FAILURES} times in a row and is left alone for this run.",
        hint=f"It is told {count(len(alerts), 'alert')} more by the next one.",
    )
