"""The code host, and where a job's policy is read from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ci_tokengate.adapters.event import Job
from ci_tokengate.adapters.files import read_text
from ci_tokengate.adapters.github import GitHub
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.policy.load import load_policy, load_with_places
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.policy_place import Why, guarded
from ci_tokengate.errors import TokengateError, UsageError
from ci_tokengate.ports import CodeHost
from ci_tokengate.render.policy_place import policy_said
from ci_tokengate.wiring.proxies import one_line_secret

DEFAULT_POLICY = ".github/tokengate.yml"


def open_code_host(api_url: str, token: str, deadline: Deadline) -> CodeHost:
    secret = one_line_secret(token, "github-token")
    return GitHub(api_url or "https://api.github.com", secret, deadline=deadline)


@dataclass(frozen=True, kw_only=True)
class PolicyText:
    """A policy file's text, None where there is no such file; `ref` is where it was read, None is the disk.

    `said` tells which branch's it is, and why, where that was a question.
    """

    text: str | None
    path: str
    ref: str | None
    said: str = ""

    @property
    def where(self) -> str:
        """For messages: `path@branch`, or a commit's beginning."""
        return self.path if self.ref is None else f"{self.path}@{short_ref(self.ref)}"


@dataclass(frozen=True, kw_only=True)
class JobPolicy:
    """The policy that binds a job; `ref` and `said` as in PolicyText."""

    policy: Policy
    ref: str | None
    said: str


def job_policy(job: Job, host: CodeHost, path: str) -> JobPolicy:
    """The policy that binds this job: at its base, not on its disk (DESIGN D7).

    Raises PolicyError, UsageError where there is none, UndecidedError where nobody can tell.
    """
    found = policy_text(job, host, path)
    if found.text is None:
        missing = f"There is no policy at {found.where} in {job.context.repository}. {found.said}"
        raise UsageError(
            missing.rstrip(),
            hint="The policy counts from the base branch: merge it first, then the workflow that "
            "needs it. (Or the job lacks `permissions: contents: read`.)",
        )
    return JobPolicy(policy=load_policy(found.text, found.where), ref=found.ref, said=found.said)


def policy_text(job: Job, host: CodeHost, path: str) -> PolicyText:
    """Where gate, scan and settlement all read. Asks once more only for a base that is not the default branch.

    Raises what reading a file raises; not to be told of a branch's rules raises nothing, and opens nothing.
    """
    path, place, repository = path or DEFAULT_POLICY, job.place, job.context.repository
    if place.ref is None:
        return PolicyText(text=read_text(path, "The policy"), path=path, ref=None)
    said = ""
    if place.base is not None:
        branch, ref = place.base.branch, place.base.ref
        why, trouble = _standing(host, repository, branch)
        if why is Why.GUARDED:
            text = host.file_at(repository, path, ref)
            if text is not None:
                return PolicyText(text=text, path=path, ref=ref, said=policy_said(branch, why))
            why = Why.ABSENT
        said = policy_said(branch, why, trouble)
    text = host.file_at(repository, path, place.ref)
    return PolicyText(text=text, path=path, ref=place.ref, said=said)


def _standing(host: CodeHost, repository: str, branch: str) -> tuple[Why, str]:
    try:
        rules = host.branch_rules(repository, branch)
    except TokengateError as error:
        return Why.UNTOLD, error.message
    return (Why.GUARDED if guarded(rules) else Why.OPEN), ""


def short_ref(ref: str) -> str:
    """A branch by its name, a commit by its first twelve digits."""
    return ref.removeprefix("refs/heads/") if ref.startswith("refs/") else ref[:12]


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
