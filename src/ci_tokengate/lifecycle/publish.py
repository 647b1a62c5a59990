"""One comment for all jobs of a pull request, whoever writes it, in whatever order.

A comment cannot be written "if nobody else has meanwhile". So nobody trusts what he read before:
each round lists the comments, *then* reckons anew, writes what differs, and goes round again, and
ends only when the comment says what was reckoned after it was listed. Whoever wrote last therefore
checks his figure against the proxy once more, and no older figure outlives that. Comments that
two jobs made at once are all seen by both in the next round, and all but the oldest are deleted,
once the one that stays tells their refused jobs too.

A refused job stands nowhere but in the comment, and whoever listed before it was written can write
it away. So a job that was refused looks again after a while, when those have written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum

from ci_tokengate.core.comments import Behavior, Comment
from ci_tokengate.core.report import Refused, Report
from ci_tokengate.errors import UndecidedError
from ci_tokengate.lifecycle.aim import Aim, Manner, aim, refused_in, signed
from ci_tokengate.lifecycle.standing import stands
from ci_tokengate.ports import Clock, Comments
from ci_tokengate.render.comment import comment
from ci_tokengate.render.record import bounded, marker, read_record

__all__ = ["Change", "Manner", "Published", "publish"]

_ROUNDS = 12
_CROWDED = 2
_FAILURES = 3
_JITTER = 1.5
"""Seconds at most, before a first comment: the jobs of a matrix end together."""
LOOKS_AGAIN = 2.0
"""Seconds after which a refused job looks again: longer than from another's listing to his write."""
_LOOKS = 10


class Change(Enum):
    """What became of the comment."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    QUIET = "below comment-above"
    """Or nothing to tell of."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """The report as it stands in the comment at `url` (empty where there is none)."""

    report: Report
    change: Change
    url: str = ""


def publish(
    comments: Comments,
    reckon: Callable[[], Report],
    manner: Manner,
    *,
    clock: Clock,
    chance: Callable[[], float],
) -> Published:
    """Brings the comment up to date. `reckon` reads the proxy anew each time.

    Raises what Comments and `reckon` raise, and UndecidedError where others never stop writing.
    """
    publication = _Publication(comments, reckon, manner, clock, chance)
    done = publication.round(create=False)
    if done is None and not publication.writes:
        clock.sleep(chance() * _JITTER)
    done = done or publication.until_it_stands()
    for _ in range(_LOOKS if manner.refused and done.url else 0):
        writes = publication.writes
        clock.sleep(LOOKS_AGAIN)
        done = publication.until_it_stands()
        if publication.writes == writes:
            break
    return done


@dataclass
class _Publication:
    comments: Comments
    reckon: Callable[[], Report]
    manner: Manner
    clock: Clock
    chance: Callable[[], float]
    change: Change = Change.UNCHANGED
    writes: int = 0
    failures: int = 0
    hidden: set[int] = field(default_factory=set)
    refused: set[Refused] = field(default_factory=set)

    def until_it_stands(self) -> Published:
        for number in range(_ROUNDS):
            done = self.round(create=True)
            if done is not None:
                return done
            if number >= _CROWDED:  # so that writers who get into each other's way part
                self.clock.sleep(self.chance() * _JITTER)
        raise UndecidedError(
            f"Others wrote over the comment on pull request {self.manner.number} again and again.",
            hint="The next job that ends, or `mode: settle`, will bring it up to date.",
        )

    def round(self, *, create: bool) -> Published | None:
        """Lists, reckons, writes what differs. None: go round again, to see that it stands."""
        found = self._mine()
        report = self.reckon()
        told = self._with_refused(report)
        aimed = aim(found, self.manner)
        target = aimed.target
        if target is None and self._is_quiet(told):
            return Published(report=told, change=Change.QUIET)
        if target is not None and self._stands(target, told):
            self._clear(aimed)
            return Published(report=told, change=self.change, url=target.url)
        if target is not None or create:
            self._write(report)
        return None

    def _is_quiet(self, report: Report) -> bool:
        idle = not (report.cost.keys or report.cost.rows or report.refused or report.from_fork)
        return report.cost.total < self.manner.above or (idle and not self.manner.idle)

    def _mine(self) -> list[Comment]:
        found = self.comments.mine(marker(self.manner.repository, self.manner.number))
        self.refused |= refused_in(found)
        return found

    def _with_refused(self, report: Report) -> Report:
        """Also those that were seen once, and that another has written away since."""
        return replace(report, refused=bounded(self.refused | set(self.manner.refused)))

    def _write(self, report: Report) -> None:
        """Upon what stands there now: reckoning took a while, and others have refused jobs too."""
        found = self._mine()
        report = self._with_refused(report)
        target = aim(found, self.manner).target
        self.writes += 1
        try:
            if target is None:
                self.comments.create(comment(report, self.manner.by))
                self.change = Change.CREATED
            elif self.comments.edit(target, comment(report, signed(target, self.manner))):
                self.change = self.change if self.change is Change.CREATED else Change.UPDATED
        except UndecidedError:  # it may have taken effect: the next round sees it
            self.failures += 1
            if self.failures == _FAILURES:
                raise

    def _clear(self, aimed: Aim) -> None:
        for twin in aimed.twins:
            self.comments.delete(twin)
        for other in aimed.earlier:
            if self.manner.behavior is Behavior.DELETE_AND_NEW:
                self.comments.delete(other)
            elif self.manner.behavior is Behavior.HIDE_AND_NEW and other.id not in self.hidden:
                self.comments.hide(other)
                self.hidden.add(other.id)

    def _stands(self, target: Comment, report: Report) -> bool:
        """To the letter before we wrote; by its record after, since others write other details at the
        same time."""
        if self.writes:
            return read_record(target.body).tells(report)
        return stands(target, report, self.manner.by)
