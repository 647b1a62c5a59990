"""Whether a comment stands as it should, or has to be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ci_tokengate.core.comments import Comment
from ci_tokengate.core.cost import CostState
from ci_tokengate.core.report import Report, Stage
from ci_tokengate.render.comment import comment
from ci_tokengate.render.jobs import By
from ci_tokengate.render.record import read_record


def stands(target: Comment, report: Report, by: By) -> bool:
    """It says what the report says, to the letter, so that a comment that was edited is mended.

    The final figure of a pull request that is over is frozen: the teams' budgets and the comparison go
    on moving, and are left as they were when it was written.
    """
    record = read_record(target.body)
    if record.as_of is None or record.as_of > report.cost.as_of:
        return False
    then = replace(report, cost=replace(report.cost, as_of=record.as_of))
    by = replace(by, run_id=record.run_id, attempt=record.attempt)
    written = _lines(target.body)
    return written == _lines(comment(then, by)) or (
        _is_final(report)
        and _has(written, _lines(comment(replace(then, teams=(), median=None), by)))
    )


def _is_final(report: Report) -> bool:
    return report.stage is not Stage.OPEN and report.cost.state is CostState.SETTLED


def _has(written: Sequence[str], frozen: Sequence[str]) -> bool:
    """Each frozen line, in this order; the first may go on with the budget."""
    left = iter(written)
    first = next(left, "")
    budget = first.removeprefix(frozen[0])
    begins = first.startswith(frozen[0]) and (not budget or budget.startswith(" · budget"))
    return begins and all(line in left for line in frozen[1:])


def _lines(body: str) -> list[str]:
    """GitHub may end lines its own way."""
    return [line.rstrip() for line in body.strip().splitlines()]
