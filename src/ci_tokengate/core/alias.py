"""The name of a job key, and the metadata it carries (DESIGN D1, D2).

The alias is set by the minter and cannot be changed by whoever holds the key, so it, and not a
tag, says which pull request a row of the proxy's log belongs to.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from ci_tokengate.core.context import JobContext

PREFIX = "tokengate:"
_LONGEST = 200
_ALIAS = re.compile(
    r"tokengate:(?P<repository>[^#:]+)#(?P<scope>[^:]+):(?P<run>[^:]+)\.(?P<attempt>\d+)"
    r":(?P<job>[^:]+):(?P<use_case>[^:]+):(?P<nonce>[^:]+)"
)


@dataclass(frozen=True, kw_only=True)
class Alias:
    """`tokengate:<owner>/<repo>#<pr or ref>:<run>.<attempt>:<job>:<use-case>:<nonce>`."""

    repository: str
    scope: str
    run_id: str
    run_attempt: int
    job: str
    use_case: str
    nonce: str

    def __str__(self) -> str:
        return (
            f"{scope_prefix(self.repository, self.scope)}{_word(self.run_id)}.{self.run_attempt}"
            f":{_word(self.job)}:{_word(self.use_case)}:{_word(self.nonce)}"
        )


def alias_for(context: JobContext, use_case: str, nonce: str) -> Alias:
    return Alias(
        repository=context.repository,
        scope=context.scope,
        run_id=context.run_id,
        run_attempt=context.run_attempt,
        job=context.job,
        use_case=use_case,
        nonce=nonce,
    )


def repository_prefix(repository: str) -> str:
    """What every alias of one repository starts with."""
    return f"{PREFIX}{_path(repository)}#"


def scope_prefix(repository: str, scope: str) -> str:
    """What every alias of one pull request (or ref) starts with, the closing colon included."""
    return f"{PREFIX}{_path(repository)}#{_path(scope)}:"


def run_part(run_id: str) -> str:
    """What stands between scope and attempt in every alias of this run, colon and point included."""
    return f":{_word(run_id)}."


def job_part(job: str, use_case: str) -> str:
    """What stands between attempt and nonce in every alias of this job, both colons included."""
    return f":{_word(job)}:{_word(use_case)}:"


def parse_alias(text: str) -> Alias | None:
    """The alias that `text` is, or None where it is not one of ours."""
    match = _ALIAS.fullmatch(text)
    if not match:
        return None
    return Alias(
        repository=unquote(match["repository"]),
        scope=unquote(match["scope"]),
        run_id=unquote(match["run"]),
        run_attempt=int(match["attempt"]),
        job=unquote(match["job"]),
        use_case=unquote(match["use_case"]),
        nonce=unquote(match["nonce"]),
    )


def tags(context: JobContext, *, team: str, use_case: str) -> list[str]:
    """Tags for every log row of the key. LiteLLM splits tags at commas, so commas are encoded.

    The first two are those that LiteLLM's own ROI report joins on.
    Source: https://docs.litellm.ai/docs/proxy/roi_calculator
    """
    found = [
        f"repo:{context.server}/{context.repository}".lower(),
        f"branch:{context.branch}",
        f"team:{team}",
        f"use_case:{use_case}",
    ]
    if context.pull_request:
        found.insert(2, f"pr:{context.repository}#{context.pull_request.number}")
    return [tag.replace(",", "%2C") for tag in found]


def attribution(
    context: JobContext, *, team: str, cost_center: str, use_case: str
) -> dict[str, Any]:
    """`metadata.ci_tokengate` of the key: everything a ledger needs, and no person's name."""
    return {
        "version": 1,
        "repository": context.repository,
        "pull_request": context.pull_request.number if context.pull_request else None,
        "ref": context.ref,
        "sha": context.sha,
        "event": context.event,
        "workflow": context.workflow,
        "run_id": context.run_id,
        "run_attempt": context.run_attempt,
        "job": context.job,
        "team": team,
        "cost_center": cost_center,
        "use_case": use_case,
    }


def _path(text: str) -> str:
    """LiteLLM refuses an alias with `../` in it; so does git such a ref.

    What is too long is cut, and stays another than all that begin alike.
    """
    found = quote(text, safe="/._-").replace("../", "..%2F")
    if len(found) <= _LONGEST:
        return found
    return f"{found[: _LONGEST - 13]}~{hashlib.sha256(found.encode()).hexdigest()[:12]}"


def _word(text: str) -> str:
    return quote(text, safe="._-")[:_LONGEST]
