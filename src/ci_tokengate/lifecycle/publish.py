"""One comment for all jobs of a pull request, whoever writes it, in whatever order.

A comment cannot be written "if nobody else has meanwhile". So nobody trusts what he read before:
each round lists the comments, *then* reckons anew, writes what differs, and goes round again, and
ends only when the comment says what was reckoned after it was listed. Whoever wrote last therefore
checks his figure against the proxy once more, and no older figure outlives that. Comments that
two jobs made at once are all seen by both in the next round, and all but the oldest are deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum

from ci_tokengate.core.comments import Behavior, Comment
from ci_tokengate.core.report import Refused, Report
from ci_tokengate.errors import UndecidedError
from ci_tokengate.ports import Clock, Comments
from ci_tokengate.render.comment import comment
from ci_tokengate.render.jobs import By
from ci_tokengate.render.record import marker, read_record

_ROUNDS = 12
_FAILURES = 3
_JITTER = 1.5
"""Seconds at most, before a first comment: the jobs of a matrix end together."""


class Change(Enum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    QUIET = "below comment-above"


@dataclass(frozen=True, kw_only=True)
class Published:
    """The report as it stands in the comment at `url` (empty where there is none)."""

    report: Report
    change: Change
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """Where and how to publish: `above` in USD keeps quiet below it."""

    repository: str
    number: int
    by: By
    behavior: Behavior = Behavior.UPDATE
    above: Decimal = Decimal(0)
    refused: tuple[Refused, ...] = ()


def publish(
    comments: Comments,
    reckon: Callable[[], Report],
    manner: Manner,
    *,
    clock: Clock,
    chance: Callable[[], float],
) -> Published:
    """Brings the comment up to date. `reckon` reads the proxy anew each time.

    Raises what Comments and `reckon` raise.
    """
    publication = _Publication(comments, reckon, manner)
    done = publication.round(create=False)
    if done is None and publication.change is Change.UNCHANGED:
        clock.sleep(chance() * _JITTER)
    for _ in range(_ROUNDS):
        done = done or publication.round(create=True)
    if done is None:
        raise UndecidedError(
            "The comment was written over and over by others.", hint="A later job will write it."
        )
    return done


@dataclass
class _Publication:
    comments: Comments
    reckon: Callable[[], Report]
    manner: Manner
    change: Change = Change.UNCHANGED
    failures: int = 0
    hidden: set[int] = field(default_factory=set)

    def round(self, *, create: bool) -> Published | None:
        """Lists, reckons, writes what differs. None: go round again, to see that it stands."""
        found = self.comments.mine(marker(self.manner.repository, self.manner.number))
        report = _with_refused(self.reckon(), found, self.manner)
        target, others = _aim(found, self.manner)
        if target is None:
            if report.cost.total < self.manner.above:
                return Published(report=report, change=Change.QUIET)
            if create:
                self._write(report, None)
            return None
        self._clear(others)
        if self._stands(target, report):
            return Published(report=report, change=self.change, url=target.url)
        self._write(report, target)
        return None

    def _write(self, report: Report, target: Comment | None) -> None:
        body = comment(report, self.manner.by)
        try:
            if target is None:
                self.comments.create(body)
                self.change = Change.CREATED
            elif self.comments.edit(target, body) and self.change is Change.UNCHANGED:
                self.change = Change.UPDATED
        except UndecidedError:  # it may have taken effect: the next round sees it
            self.failures += 1
            if self.failures == _FAILURES:
                raise

    def _clear(self, others: Sequence[Comment]) -> None:
        for other in others:
            if self.manner.behavior in (Behavior.UPDATE, Behavior.DELETE_AND_NEW):
                self.comments.delete(other)
            elif self.manner.behavior is Behavior.HIDE_AND_NEW and other.id not in self.hidden:
                self.comments.hide(other)
                self.hidden.add(other.id)

    def _stands(self, target: Comment, report: Report) -> bool:
        """It says what the report says: to the letter before we wrote, so that an edited comment is
        mended; by its record after, since others write other details at the same time."""
        record = read_record(target.body)
        if self.change is not Change.UNCHANGED:
            return record.tells(report)
        if record.as_of is None:
            return False
        then = replace(report, cost=replace(report.cost, as_of=record.as_of))
        by = replace(self.manner.by, run_id=record.run_id, attempt=record.attempt)
        return _lines(target.body) == _lines(comment(then, by))


def _with_refused(report: Report, found: Sequence[Comment], manner: Manner) -> Report:
    known = {item for c in found for item in read_record(c.body).refused}
    return replace(report, refused=tuple(sorted(known | set(manner.refused))))


def _aim(found: Sequence[Comment], manner: Manner) -> tuple[Comment | None, list[Comment]]:
    """The comment to keep, and those to be cleared away: twins, and in time those of earlier runs."""
    if manner.behavior is Behavior.UPDATE:
        return (found[0], list(found[1:])) if found else (None, [])
    own = _order(manner.by.run_id, manner.by.attempt)
    ranked = [(_order(r.run_id, r.attempt), c) for c in found for r in [read_record(c.body)]]
    newest = max((order for order, _ in ranked), default=own)
    kept = [c for order, c in ranked if order == max(newest, own)]
    return (kept[0] if kept else None), [c for c in found if c not in kept[:1]]


def _order(run_id: str, attempt: int) -> tuple[int, str, int]:
    """Run ids grow with time; what is no number is somebody's terminal, and the newest."""
    number = int(run_id) if run_id.isascii() and run_id.isdigit() else 10**40
    return (number, run_id, attempt)


def _lines(body: str) -> list[str]:
    """GitHub may end lines its own way."""
    return [line.rstrip() for line in body.strip().splitlines()]
