"""Which of our comments on a pull request is the one to write, and what is known from all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ci_tokengate.core.comments import Behavior, Comment
from ci_tokengate.core.report import Refused
from ci_tokengate.render.jobs import By
from ci_tokengate.render.record import Record, read_record


@dataclass(frozen=True, kw_only=True)
class Manner:
    """Where and how to publish: `above` in USD keeps quiet below it, while there is no comment.

    idle: begin a comment also where no job has asked for a key.
    """

    repository: str
    number: int
    by: By
    behavior: Behavior = Behavior.UPDATE
    above: Decimal = Decimal(0)
    refused: tuple[Refused, ...] = ()
    idle: bool = True


def refused_in(found: Sequence[Comment]) -> set[Refused]:
    return {item for written in found for item in read_record(written.body).refused}


@dataclass(frozen=True, kw_only=True)
class Aim:
    """The comment to write (None: there is none yet), those that were made in its place at the same
    time, and those of earlier runs."""

    target: Comment | None = None
    twins: Sequence[Comment] = ()
    earlier: Sequence[Comment] = ()


def aim(found: Sequence[Comment], manner: Manner) -> Aim:
    if manner.behavior is Behavior.UPDATE:
        return Aim(target=found[0], twins=found[1:]) if found else Aim()
    own = _order(manner.by)
    ranked = [(_order_of(c), c) for c in found]
    newest = max((order for order, _ in ranked), default=own)
    kept = [c for order, c in ranked if order == max(newest, own)]
    earlier = [c for c in found if c not in kept]
    return Aim(target=kept[0], twins=kept[1:], earlier=earlier) if kept else Aim(earlier=earlier)


def signed(target: Comment, manner: Manner) -> By:
    """A late job of an older run updates the newer run's comment, and leaves it that run's."""
    newer = manner.behavior is not Behavior.UPDATE and _order_of(target) > _order(manner.by)
    theirs = read_record(target.body)
    return replace(manner.by, run_id=theirs.run_id, attempt=theirs.attempt) if newer else manner.by


def _order_of(written: Comment) -> tuple[int, str, int]:
    """What has lost its record is older than all."""
    record = read_record(written.body)
    return _order(record) if record.as_of else (-1, "", 0)


def _order(by: By | Record) -> tuple[int, str, int]:
    """Run ids grow with time; what is no number is somebody's terminal, and the newest."""
    run_id = by.run_id[:20]
    number = int(run_id) if run_id.isascii() and run_id.isdigit() else 10**20
    return (number, run_id, by.attempt)
