"""One issue a team and incident: opened, kept up to date, closed when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ci_tokengate.core.postings import Posted, PostedAs
from ci_tokengate.core.watch.incident import (
    Incident,
    Memory,
    Move,
    current_of,
    goes_on,
    move_of,
    spikes_still,
)
from ci_tokengate.core.watch.watched import TeamWatch, Watched
from ci_tokengate.errors import TokengateError
from ci_tokengate.lifecycle.memory_book import MemoryBook
from ci_tokengate.ports.watch import IncidentBoard
from ci_tokengate.render.watch.markdown import says_the_same

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
        still = spikes_still(team, judged=seen.judged, spiked=spiked)
        on = goes_on(team, spikes=still, going=going is not None)
        news = any(alert.key.team_id == team.team_id for alert in seen.alerts)
        move = move_of(current, on=on, news=news)
        if move is Move.NONE:
            continue
        memory = notes.memory(seen.proxy, team.team_id, over=not on, spiked=still)
        title, text = written(seen, team, not on)
        if (
            going and still and not seen.shows(team)
        ):  # what yesterday was made of is not known today
            title, text = going.title, going.text
        try:
            posted = _put(board, going, title, text, memory, move)
        except TokengateError as error:
            yield Kept(team=team.team, move=move, trouble=error)
        else:
            yield Kept(team=team.team, move=move, posted=posted)


def close_gone(
    board: IncidentBoard, there: Sequence[Incident], seen: Watched, notes: MemoryBook
) -> Iterator[Kept]:
    """Issues of teams that the proxy does not know any more. Only where all teams were looked at."""
    known = {team.team_id for team in seen.teams}
    for incident in there:
        memory = incident.memory
        if memory.proxy != seen.proxy or memory.over or memory.team_id in known:
            continue
        told = notes.memory(memory.proxy, memory.team_id, over=True, spiked=False)
        text = f"**It is over:** the proxy knows this team no more.\n\n{incident.text}"
        try:
            posted = board.edit(incident, incident.title, text, told, closed=True)
        except TokengateError as error:
            yield Kept(team=memory.team_id, move=Move.CLOSE, trouble=error)
        else:
            yield Kept(team=memory.team_id, move=Move.CLOSE, posted=posted)


def _put(
    board: IncidentBoard, going: Incident | None, title: str, text: str, memory: Memory, move: Move
) -> Posted:
    if going is None:
        return board.open(title, text, memory)
    closed = move is Move.CLOSE or (move is Move.KEEP and going.closed)
    same = (going.title, going.memory, going.closed) == (title, memory, closed)
    if same and says_the_same(going.text, text):
        return Posted(change=PostedAs.UNCHANGED, url=going.url)
    return board.edit(going, title, text, memory, closed=closed)
