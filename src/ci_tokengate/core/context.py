"""What a job is: repository, pull request, run. Built from the environment and the event's payload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ci_tokengate.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class PullRequest:
    """A pull request as the event's payload, or the code host, describes it. Times are UTC."""

    number: int
    base_sha: str
    head_ref: str
    from_fork: bool
    opened_at: datetime | None = None
    head_sha: str = ""
    base_ref: str = ""
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class JobContext:
    """One job of one run. `ref` is a full ref (`refs/heads/main`); `event` is GitHub's event name."""

    server: str
    repository: str
    event: str
    ref: str
    sha: str
    run_id: str
    run_attempt: int
    job: str
    workflow: str = ""
    pull_request: PullRequest | None = None

    @property
    def scope(self) -> str:
        """What the spend is booked under: the pull request's number, or else the full ref."""
        return str(self.pull_request.number) if self.pull_request else self.ref

    @property
    def from_fork(self) -> bool:
        return self.pull_request is not None and self.pull_request.from_fork

    @property
    def branch(self) -> str:
        """The head branch's short name."""
        if self.pull_request:
            return self.pull_request.head_ref
        return self.ref.removeprefix("refs/heads/").removeprefix("refs/tags/")


def pull_request_of(
    event: str, payload: Mapping[str, Any], repository: str
) -> PullRequest | int | None:
    """The pull request that an event is about: whole, or only its number, or None for a branch.

    Only the number is known on `issue_comment` (the payload has no head): ask the code host.
    A head repository that is gone (`null`) counts as a fork (DESIGN D8).
    Raises UsageError when the event should carry a pull request and does not.
    Source: https://docs.github.com/webhooks/webhook-events-and-payloads
    """
    if "pull_request" in payload:
        return pull_request_from(payload["pull_request"], repository)
    if event.startswith("pull_request"):
        raise UsageError(
            f"The event is {event}, but its payload has no pull request.",
            hint="GITHUB_EVENT_PATH must name the payload that GitHub wrote for this run.",
        )
    if event == "workflow_run":
        return _from_workflow_run(_table(payload.get("workflow_run")), repository)
    issue = _table(payload.get("issue"))
    number = issue.get("number")
    return number if issue.get("pull_request") and isinstance(number, int) else None


def pull_request_from(body: Any, repository: str) -> PullRequest:
    """A pull request from GitHub's JSON, which is the same in payloads and in the REST API.

    Raises UsageError when its number, base or head is missing.
    """
    try:
        head, base = body["head"], body["base"]
        return PullRequest(
            number=int(body["number"]),
            base_sha=str(base["sha"]),
            head_ref=str(head["ref"]),
            from_fork=_is_foreign(head.get("repo"), repository),
            opened_at=_time(body.get("created_at")),
            head_sha=str(head.get("sha") or ""),
            base_ref=str(base.get("ref") or ""),
            closed_at=_time(body.get("closed_at")),
            merged_at=_time(body.get("merged_at")),
            updated_at=_time(body.get("updated_at")),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UsageError(
            "The pull request in the event's payload is incomplete: it lacks its number, base or head.",
            hint="GITHUB_EVENT_PATH must name the payload that GitHub wrote for this run.",
        ) from error


def _from_workflow_run(run: Mapping[str, Any], repository: str) -> PullRequest | None:
    """`pull_requests` is empty for forks, so a foreign head repository decides before it."""
    foreign = _is_foreign(run.get("head_repository"), repository)
    listed = run.get("pull_requests")
    pulls = [p for p in map(_table, listed if isinstance(listed, list) else ()) if p]
    pulls = [p for p in pulls if _is_own(p, repository)]
    if not pulls and not foreign:
        return None
    first = pulls[0] if pulls else {}
    base = _table(first.get("base"))
    number = first.get("number")
    return PullRequest(
        number=number if isinstance(number, int) else 0,
        base_sha=str(base.get("sha") or ""),
        base_ref=str(base.get("ref") or ""),
        head_ref=str(run.get("head_branch") or ""),
        from_fork=foreign,
    )


def _is_own(pull: Mapping[str, Any], repository: str) -> bool:
    """A run's list can also name pull requests that forks have with the same head."""
    url = str(_table(_table(pull.get("base")).get("repo")).get("url") or "")
    return not url or url.lower().endswith(f"/repos/{repository.lower()}")


def _table(value: Any) -> Mapping[str, Any]:
    """`value` where it is a JSON object, and an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def _time(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None


def _is_foreign(repo: Any, repository: str) -> bool:
    name = repo.get("full_name") if isinstance(repo, dict) else None
    return not isinstance(name, str) or name.lower() != repository.lower()
