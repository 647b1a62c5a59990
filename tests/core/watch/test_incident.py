from __future__ import annotations

import pytest

from ci_tokengate.core.watch.incident import Incident, Memory, Move, current_of, move_of


def incident(
    number: int = 1, *, over: bool = False, closed: bool = False, team: str = "t"
) -> Incident:
    memory = Memory(proxy="p", team_id=team, over=over)
    return Incident(number=number, url="u", title="t", text="x", closed=closed, memory=memory)


@pytest.mark.parametrize(
    ("current", "on", "news", "move"),
    [
        (None, True, True, Move.OPEN),
        (None, True, False, Move.OPEN),
        (None, False, True, Move.NONE),
        (incident(), True, True, Move.KEEP),
        (incident(), True, False, Move.KEEP),
        (incident(), False, False, Move.CLOSE),
        (incident(closed=True), True, False, Move.KEEP),
        (incident(closed=True), True, True, Move.REOPEN),
        (incident(closed=True), False, False, Move.CLOSE),
        (incident(over=True, closed=True), True, True, Move.OPEN),
        (incident(over=True, closed=True), False, True, Move.NONE),
    ],
)
def test_what_becomes_of_an_issue(
    current: Incident | None, on: bool, news: bool, move: Move
) -> None:
    assert move_of(current, on=on, news=news) is move


def test_the_one_that_goes_on_is_a_teams_current_one_and_else_the_newest() -> None:
    there = [incident(1, over=True), incident(2), incident(3, over=True), incident(4, team="o")]
    assert current_of(there, "p", "t") is there[1]
    assert current_of([there[0], there[2]], "p", "t") is there[2]
    assert current_of(there, "q", "t") is None
