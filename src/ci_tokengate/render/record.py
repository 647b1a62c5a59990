"""The machine-readable record that rides in the comment. Nothing reads it as truth.

Read back from it are only: which run wrote the comment, when and with which figures, to see
whether there is anything to write; and which jobs the gate refused, because a refused job has no
other memory. No figure is taken from it (DESIGN D1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from ci_tokengate.core.report import Refused, Report
from ci_tokengate.core.verdict import Cause
from ci_tokengate.render.cost import cost_json

_OPEN = "<!-- ci-tokengate:record "
_RECORD = re.compile(re.escape(_OPEN) + r"(\{[^<>]*\}) -->")
_CAUSES = frozenset(cause.value for cause in Cause)
_MOST = 100
_ROOM = 24_000
"""Characters for the refused jobs: a record is always whole, so it must leave room for the rest."""
_LONGEST = 100
_FIGURES = ("total_usd", "state", "requests", "complete", "stage", "jobs", "running")


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is read back: the run that wrote the comment, when it computed, whom the gate refused.

    `figures` are compared with those just read from the proxy, and never shown.
    """

    run_id: str = ""
    attempt: int = 0
    as_of: datetime | None = None
    figures: tuple[object, ...] = ()
    refused: tuple[Refused, ...] = ()

    def tells(self, report: Report) -> bool:
        """The comment was written with what this report says, whenever that was.

        The report's refused jobs are as `bounded` leaves them.
        """
        return self.figures == _figures(_body(report)) and self.refused == report.refused


def marker(repository: str, number: int) -> str:
    """Tells our comments on this pull request from all others, together with their author."""
    return f"<!-- ci-tokengate:cost {repository.lower()}#{number} -->"


def bounded(refused: Iterable[Refused]) -> tuple[Refused, ...]:
    """In order and without repetition, as many of the newest as a record has room for."""
    kept: list[Refused] = []
    room = _ROOM
    for item in sorted({_short(each) for each in refused}, reverse=True)[:_MOST]:
        room -= len(_dumped(asdict(item))) + 1
        if room < 0:
            break
        kept.append(item)
    return tuple(reversed(kept))


def may_have_forgotten(refused: Sequence[Refused]) -> bool:
    """As `bounded` left them, and hardly one more would have found room."""
    used = sum(len(_dumped(asdict(each))) for each in refused)
    return len(refused) == _MOST or used > _ROOM * 3 // 4


def record_line(report: Report, *, run_id: str, attempt: int) -> str:
    """One HTML comment that nothing in it can end."""
    body = {**_body(report), "run_id": run_id[:_LONGEST], "attempt": attempt}
    return f"{_OPEN}{_dumped(body)} -->"


def read_record(comment: str) -> Record:
    """What can be used of a comment's record; an empty one where it is missing or was tampered with."""
    found = _RECORD.findall(comment)
    try:
        body: Any = json.loads(found[-1]) if found else {}
        return Record(
            run_id=str(body.get("run_id", ""))[:_LONGEST],
            attempt=_whole(body.get("attempt")),
            as_of=_time(body.get("as_of")),
            figures=_figures(body),
            refused=tuple(r for r in map(_refused, body.get("refused", [])[-_MOST:]) if r),
        )
    except (ValueError, AttributeError, TypeError, LookupError, RecursionError):
        return Record()


def _body(report: Report) -> dict[str, Any]:
    cost = cost_json(report.cost)
    return {
        "version": 1,
        "repository": report.repository,
        "pull_request": report.number,
        "stage": report.stage.value,
        "jobs": len(report.cost.keys),
        "running": report.cost.running,
        **{name: cost[name] for name in ("total_usd", "state", "as_of", "requests", "complete")},
        "refused": [asdict(refused) for refused in bounded(report.refused)],
    }


def _figures(body: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(body.get(name) for name in _FIGURES)


def _refused(item: Any) -> Refused | None:
    if not isinstance(item, dict):
        return None
    text = {name: item.get(name) for name in ("run_id", "job", "use_case", "team", "cause")}
    if not all(isinstance(value, str) and len(value) <= _LONGEST for value in text.values()):
        return None
    if text["cause"] not in _CAUSES:
        return None
    return Refused(attempt=_whole(item.get("attempt")), **{k: str(v) for k, v in text.items()})


def _short(item: Refused) -> Refused:
    names = {name: getattr(item, name)[:_LONGEST] for name in ("run_id", "job", "use_case", "team")}
    return replace(item, **names)


def _dumped(body: Mapping[str, Any]) -> str:
    """ASCII, in which nothing can end an HTML comment."""
    text = json.dumps(body, separators=(",", ":"), sort_keys=True)
    for char in "<>-":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _whole(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 10**6 else 0


def _time(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
