"""`comment`: the figure on the pull request, and what became of the comment."""

from __future__ import annotations

from collections.abc import Callable

from ci_tokengate.lifecycle.publish import Manner, Published, publish
from ci_tokengate.lifecycle.report import Reporter
from ci_tokengate.ports import Clock, Comments


def comment(
    comments: Comments,
    reporter: Reporter,
    manner: Manner,
    *,
    clock: Clock,
    chance: Callable[[], float],
) -> Published:
    """Raises what the proxy and the code host raise."""
    return publish(comments, reporter.report, manner, clock=clock, chance=chance)
