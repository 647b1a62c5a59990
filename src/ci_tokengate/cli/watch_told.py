"""What one run of `watch` has found, told and remembered."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.cli.watch_run import Run
from ci_tokengate.core.watch.watched import Watched
from ci_tokengate.errors import TokengateError
from ci_tokengate.lifecycle.deliver import deliver
from ci_tokengate.lifecycle.incidents import close_gone, keep
from ci_tokengate.lifecycle.memory_book import MemoryBook
from ci_tokengate.ports.watch import IncidentBoard
from ci_tokengate.render.watch import markdown
from ci_tokengate.render.words import count
from ci_tokengate.wiring import alerts


def would(run: Run, seen: Watched) -> None:
    news = count(len(seen.alerts), "new alert")
    for name in run.names + [alerts.ISSUE] * (run.board is not None):
        run.say(f"  {name}: would be told of {news}")


def tell(run: Run, seen: Watched, *, whole: bool) -> None:
    """First it is remembered, then told, then the issues say what was told.

    Whoever only looks is told nothing that would then be no news to others.
    """
    if run.names or run.board is not None:
        _put(run, seen)
    try:
        for line in _delivered(run):
            run.say(line)
    except TokengateError as error:
        run.warn("ledger", error)
    if run.summary is not None:
        try:
            run.summary(markdown.summary(seen))
        except TokengateError as error:
            run.warn("summary", error)
    if run.board is not None:
        run.notes.put(seen.current, ())
        for line in _issues(run, run.board, seen, whole=whole):
            run.say(line)


def _put(run: Run, seen: Watched) -> None:
    """A ledger that takes nothing keeps nobody from being told."""
    try:
        run.book.put(seen.current, run.names)
    except TokengateError as error:
        run.warn("ledger", error)
        run.book = MemoryBook(seen.at)
        run.book.put(seen.alerts, run.names)


def _delivered(run: Run) -> Iterator[str]:
    for done in deliver(run.book, run.sinks()):
        if done.trouble is not None:
            run.warn(done.sink, done.trouble)
        else:
            yield f"✔ {done.sink}: {count(done.alerts, 'alert')} told"


def _issues(run: Run, board: IncidentBoard, seen: Watched, *, whole: bool) -> Iterator[str]:
    done = keep(board, run.there, seen, run.notes, markdown.issue)
    gone = close_gone(board, run.there, seen, run.notes) if whole else ()
    for kept in (*done, *gone):
        if kept.trouble is not None:
            run.warn(alerts.ISSUE, kept.trouble)
        elif kept.posted is not None:
            yield f"✔ {alerts.ISSUE}: {kept.posted.change.value} {kept.posted.url}".rstrip()
