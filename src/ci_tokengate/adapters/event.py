"""What job this is: from GitHub's variables and payload, GitLab's variables, or flags."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ci_tokengate.core.context import JobContext, PullRequest, pull_request_of
from ci_tokengate.core.policy_place import PolicyPlace, place_of
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import CodeHost

_MAX_EVENT = 32 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Job:
    """The job, and where its policy stands."""

    context: JobContext
    place: PolicyPlace


def github_job(env: Mapping[str, str], host: CodeHost | None) -> Job:
    """The job of a GitHub runner. `host` is asked only for what the payload lacks.

    Raises UsageError for a payload that is missing or does not fit its event.
    """
    payload = payload_of(env)
    event, repository = env.get("GITHUB_EVENT_NAME", ""), env.get("GITHUB_REPOSITORY", "")
    if not repository:
        raise UsageError(
            "GITHUB_REPOSITORY is not set.", hint="On a laptop or another CI, pass --repository."
        )
    found = pull_request_of(event, payload, repository)
    if isinstance(found, int):
        if host is None:
            raise UsageError(
                f"github-token is needed to look up pull request {found}.",
                hint="Give the job's own token: ${{ github.token }}.",
            )
        found = host.pull_request(repository, found)
    context = _context(env, event, repository, found)
    return Job(context=context, place=_place(context, payload))


def elsewhere_job(env: Mapping[str, str]) -> JobContext:
    """The job of GitLab CI, or a run by hand, from the variables that are there."""
    number = env.get("CI_MERGE_REQUEST_IID", "")
    branch = env.get("CI_COMMIT_REF_NAME", "")
    return JobContext(
        server=env.get("CI_SERVER_HOST", "local"),
        repository=env.get("CI_PROJECT_PATH", "") or "local/local",
        event=env.get("CI_PIPELINE_SOURCE", "local"),
        ref=f"refs/heads/{branch}" if branch else "refs/heads/local",
        sha=env.get("CI_COMMIT_SHA", ""),
        run_id=env.get("CI_PIPELINE_ID", "") or "local",
        run_attempt=1,
        job=env.get("CI_JOB_NAME", "") or "local",
        pull_request=numbered(number, branch) if number else None,
    )


def numbered(number: str, head_ref: str) -> PullRequest:
    """A pull request of which only the number is known. Raises UsageError."""
    if not re.fullmatch(r"0*[1-9][0-9]{0,17}", number):
        raise UsageError(
            f"{number[:40]!r} is not the number of a pull request.", hint="Digits only, such as 12."
        )
    return PullRequest(number=int(number), base_sha="", head_ref=head_ref, from_fork=False)


def payload_of(env: Mapping[str, str]) -> Mapping[str, Any]:
    """What GitHub wrote of the event. Raises UsageError where there is nothing to be read."""
    return _payload(env.get("GITHUB_EVENT_PATH", ""))


def _payload(path: str) -> Mapping[str, Any]:
    hint = "GitHub's runner writes it and sets GITHUB_EVENT_PATH; on a laptop, pass --repository."
    if not path:
        raise UsageError("GITHUB_EVENT_PATH is not set.", hint=hint)
    try:
        raw = Path(path).read_bytes()
        if len(raw) > _MAX_EVENT:
            raise UsageError("The event's payload is larger than 32 MiB.", hint=hint)
        body = json.loads(raw)
    except OSError as error:
        raise UsageError(
            f"The event's payload cannot be read ({error.strerror}).", hint=hint
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError("The event's payload is not JSON.", hint=hint) from error
    if not isinstance(body, dict):
        raise UsageError("The event's payload is not a JSON object.", hint=hint)
    return body


def _context(
    env: Mapping[str, str], event: str, repository: str, pull_request: PullRequest | None
) -> JobContext:
    attempt = env.get("GITHUB_RUN_ATTEMPT", "") or "1"
    workflow = env.get("GITHUB_WORKFLOW_REF", "").split("@")[0].rsplit("/", 1)[-1]
    context = JobContext(
        server=urlsplit(env.get("GITHUB_SERVER_URL", "")).hostname or "github.com",
        repository=repository,
        event=event,
        ref=env.get("GITHUB_REF", "") or "refs/heads/unknown",
        sha=env.get("GITHUB_SHA", ""),
        run_id=env.get("GITHUB_RUN_ID", "") or "0",
        run_attempt=int(attempt) if attempt.isascii() and attempt.isdigit() else 1,
        job=env.get("GITHUB_JOB", "") or "job",
        workflow=workflow or env.get("GITHUB_WORKFLOW", ""),
    )
    return replace(context, pull_request=pull_request)


def _place(context: JobContext, payload: Mapping[str, Any]) -> PolicyPlace:
    return place_of(
        context,
        default=_text(payload.get("repository"), "default_branch"),
        queue_base=_text(payload.get("merge_group"), "base_ref"),
    )


def _text(table: Any, name: str) -> str:
    """Empty for anything but a text in a JSON object."""
    value = table.get(name) if isinstance(table, dict) else None
    return value if isinstance(value, str) else ""
