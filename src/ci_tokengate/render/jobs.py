"""The jobs of a pull request, folded away in its comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from ci_tokengate.core.cost import KeyCost
from ci_tokengate.core.report import Refused, Report
from ci_tokengate.render.cost import jobs_sentence, refusals_of
from ci_tokengate.render.data import code
from ci_tokengate.render.money import usd
from ci_tokengate.render.record import may_have_forgotten
from ci_tokengate.render.words import count


@dataclass(frozen=True, kw_only=True)
class By:
    """Who writes the comment: the server for links to runs (empty: no links), and the run."""

    server_url: str = ""
    run_id: str = ""
    attempt: int = 0


def jobs_folded(report: Report, by: By, size: int) -> str:
    """A summary line, and under it one line a job: the refused first, then the keys, newest last.

    Of each at most `size`, the newest.
    """
    keys, refused = report.cost.keys, report.refused
    if not keys and not refused:
        return ""
    title = jobs_sentence(keys) if keys else ""
    if refused:
        runs = len({r.run_id for r in refused})
        said = f"the gate refused {refused_words(refused)} in {count(runs, 'run')}"
        title = f"{title} · {said}" if title else said
    told = [key for key in keys if key.requests or refusals_of(key) or key.status == "active"]
    lines = [_refused_line(item, report, by) for item in refused[-size:]]
    lines += _more(len(refused) - size, "more refused job")
    lines += _more(len(told) - size, "earlier job")
    lines += [_job_line(key, report, by) for key in told[-size:]]
    if len(told) < len(keys):
        lines.append(f"- {count(len(keys) - len(told), 'job')} without a call")
    return f"<details><summary>{title}</summary>\n\n" + "\n".join(lines) + "\n\n</details>"


def refused_words(refused: Sequence[Refused]) -> str:
    """A record that is full has forgotten the oldest."""
    least = "at least " if may_have_forgotten(refused) else ""
    return f"{least}{count(len(refused), 'job')}"


def _more(number: int, noun: str) -> list[str]:
    return [f"- … and {count(number, noun)}"] if number > 0 else []


def _job_line(key: KeyCost, report: Report, by: By) -> str:
    said = refusals_of(key)
    state = "still running" if key.status == "active" else ""
    parts = [
        _run(key.run_id, key.attempt, report, by),
        code(key.job),
        code(key.use_case),
        usd(key.cost),
        state,
        f"**{said}**" if said else "",
    ]
    return "- " + " · ".join(part for part in parts if part)


def _refused_line(refused: Refused, report: Report, by: By) -> str:
    parts = [
        _run(refused.run_id, refused.attempt, report, by),
        code(refused.job),
        code(refused.use_case),
        f"**refused: {refused.cause}** ({code(refused.team)})",
    ]
    return "- " + " · ".join(parts)


def _run(run_id: str, attempt: int, report: Report, by: By) -> str:
    digits = run_id.isascii() and run_id.isdigit() and len(run_id) < 20
    shown = f"run {run_id}.{attempt}" if digits else f"run {code(run_id)}"
    if not digits or not _is_link(by.server_url):
        return shown
    path = f"{quote(report.repository)}/actions/runs/{run_id}/attempts/{attempt or 1}"
    return f"[{shown}]({by.server_url.rstrip('/')}/{path})"


def _is_link(server_url: str) -> bool:
    """It is GitHub's own variable, but on a terminal anybody's."""
    try:
        parts = urlsplit(server_url)
    except ValueError:
        return False
    plain = all(c.isalnum() or c in "-._~:/[]%" for c in server_url) and server_url.isascii()
    return plain and parts.scheme in ("https", "http") and bool(parts.hostname)
