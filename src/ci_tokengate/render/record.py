"""The machine-readable record that rides in the comment. Nothing reads it as truth.

Read back from it are only: which run wrote the comment, when and with which figures, to see
whether there is anything to write; and which jobs the gate refused, because a refused job has no
other memory. No figure is taken from it (DESIGN D1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ci_tokengate.core.report import Refused, Report
from ci_tokengate.core.verdict import Cause
from ci_tokengate.render.cost import cost_json

_OPEN = "<!-- ci-tokengate:record "
_RECORD = re.compile(re.escape(_OPEN) + r"(\{[^<>]*\}) -->")
_CAUSES = frozenset(cause.value for cause in Cause)
_MOST = 50
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
        """The comment was written with what this report says, whenever that was."""
        return self.figures == _figures(_body(report)) and self.refused == report.refused[-_MOST:]


def marker(repository: str, number: int) -> str:
    """Tells our comments on this pull request from all others, together with their author."""
    return f"<!-- ci-tokengate:cost {repository.lower()}#{number} -->"


def record_line(report: Report, *, run_id: str, attempt: int) -> str:
    """One HTML comment that nothing in it can end."""
    body = {**_body(report), "run_id": run_id, "attempt": attempt}
    text = json.dumps(body, separators=(",", ":"), sort_keys=True)
    for char in "<>-":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return f"{_OPEN}{text} -->"


def read_record(comment: str) -> Record:
    """What can be used of a comment's record; an empty one where it is missing or was tampered with."""
    found = _RECORD.findall(comment)
    try:
        body: Any = json.loads(found[-1]) if found else {}
        return Record(
            run_id=str(body.get("run_id", ""))[:40],
            attempt=_whole(body.get("attempt")),
            as_of=_time(body.get("as_of")),
            figures=_figures(body),
            refused=tuple(r for r in map(_refused, body.get("refused", [])[-_MOST:]) if r),
        )
    except (ValueError, AttributeError, TypeError, RecursionError):
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
        "refused": [asdict(refused) for refused in report.refused[-_MOST:]],
    }


def _figures(body: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(body.get(name) for name in _FIGURES)


def _refused(item: Any) -> Refused | None:
    if not isinstance(item, dict) or item.get("cause") not in _CAUSES:
        return None
    text = {name: item.get(name) for name in ("run_id", "job", "use_case", "team")}
    if not all(isinstance(value, str) and len(value) <= 300 for value in text.values()):
        return None
    attempt = _whole(item.get("attempt"))
    return Refused(attempt=attempt, cause=item["cause"], **{k: str(v) for k, v in text.items()})


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 10**6 else 0


def _time(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
