"""One issue a team and incident: opened, kept up to date, closed when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ci_tokengate.core.postings import Posted, PostedAs
from ci_tokengate.core.watch.incident import Incident, Memory, Move, current_of, goes_on, move_of
from ci_tokengate.core.watch.watched import TeamWatch, Watched
from ci_tokengate.errors import TokengateError
from ci_tokengate.lifecycle.memory_book import MemoryBook
from ci_tokengate.ports.watch import IncidentBoard

Written = Callable[[Watched, TeamWatch, bool], tuple[str, str]]
"""Title and text of a team's issue; True where it is over."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What became of one team's issue."""

    team: str
    move: Move
    posted: Posted | None = None
    trouble: TokengateError | None = None


def keep(
    board: IncidentBoard,
    there: Sequence[Incident],
    seen: Watched,
    notes: MemoryBook,
    written: Written,
) -> Iterator[Kept]:
    """`there` is what the board had before, `notes` what it is to remember.

    One team's issue that fails keeps none of the others from being kept.
    """
    for team in seen.teams:
        current = current_of(there, seen.proxy, team.team_id)
        going = current if current and not current.memory.over else None
        spiked = going is not None and going.memory.spiked
        on = goes_on(team, judged=seen.judged, spiked=spiked)
        news = any(alert.key.team_id == team.team_id for alert in seen.alerts)
        move = move_of(current, on=on, news=news)
        if move is Move.NONE:
            continue
        still = seen.shows(team) if seen.judged else spiked
        memory = notes.memory(seen.proxy, team.team_id, over=not on, spiked=still)
        title, text = written(seen, team, not on)
        if going and spiked and not seen.judged:  # what yesterday was made of is not known today
            title, text = going.title, going.text
        try:
            posted = _put(board, going, title, text, memory, move)
        except TokengateError as error:
            yield Kept(team=team.team, move=move, trouble=error)
        else:
            yield Kept(team=team.team, move=move, posted=posted)


def _put(
    board: IncidentBoard, going: Incident | None, title: str, text: str, memory: Memory, move: Move
) -> Posted:
    if going is None:
        return board.open(title, text, memory)
    closed = move is Move.CLOSE or (move is Move.KEEP and going.closed)
    same = (going.title, going.text, going.memory, going.closed) == (title, text, memory, closed)
    if same:
        return Posted(change=PostedAs.UNCHANGED, url=going.url)
    return board.edit(going, title, text, memory, closed=closed)
