"""The code host, and where a job's policy is read from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ci_tokengate.adapters.event import Job
from ci_tokengate.adapters.files import read_text
from ci_tokengate.adapters.github import GitHub
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.policy.load import load_policy, load_with_places
from ci_tokengate.core.policy import Policy
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import CodeHost
from ci_tokengate.wiring.proxies import one_line_secret

DEFAULT_POLICY = ".github/tokengate.yml"


def open_code_host(api_url: str, token: str, deadline: Deadline) -> CodeHost:
    secret = one_line_secret(token, "github-token")
    return GitHub(api_url or "https://api.github.com", secret, deadline=deadline)


def job_policy(job: Job, host: CodeHost, path: str) -> Policy:
    """The policy that binds this job: at its base, not on its disk (DESIGN D7).

    Raises PolicyError, UsageError where there is none, UndecidedError where nobody can tell.
    """
    path = path or DEFAULT_POLICY
    if job.policy_ref is None:
        return local_policy(path)
    text = host.file_at(job.context.repository, path, job.policy_ref)
    where = f"{path}@{job.policy_ref.removeprefix('refs/heads/')[:12]}"
    if text is None:
        raise UsageError(
            f"There is no policy at {where} in {job.context.repository}.",
            hint="The policy counts from the base branch: merge it first, then the workflow that "
            "needs it. (Or the job lacks `permissions: contents: read`.)",
        )
    return load_policy(text, where)


def optional_policy(path: str) -> Policy | None:
    """The one that is named, else the one that stands in its usual place, else none. Raises as local_policy."""
    if not path and not Path(DEFAULT_POLICY).exists():
        return None
    return local_policy(path or DEFAULT_POLICY)


def local_policy(path: str) -> Policy:
    """A policy file on this machine. Raises PolicyError or UsageError."""
    return load_policy(read_text(path, "The policy"), path)


def with_places(path: str) -> tuple[Policy, Callable[[tuple[str | int, ...]], tuple[int, int]]]:
    """The same, and a function that tells line and column of a place in it."""
    policy, tree = load_with_places(read_text(path, "The policy"), path)

    def where(place: tuple[str | int, ...]) -> tuple[int, int]:
        mark = tree.at(place)
        return mark.line, mark.column

    return policy, where
