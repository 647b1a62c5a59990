"""Documents for the double, made in one line. Times are aware UTC.

state.pulls[7] = pull_request(7, head_repository="octo-fork/shop")
state.runs["900"] = workflow_run(900, pulls=(7,))
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ci_tokengate.sandbox.github.pullviews import BASE_SHA, HEAD_SHA
from ci_tokengate.sandbox.github.state import Json, stamp


def pull_request(
    number: int,
    *,
    title: str = "Faster checkout",
    body: str | None = None,
    head_ref: str = "faster-checkout",
    head_sha: str = HEAD_SHA,
    head_repository: str | None = "",
    base_ref: str = "main",
    base_sha: str = BASE_SHA,
    labels: Sequence[str] = (),
    author: str = "octocat",
    opened: datetime | None = None,
    closed: datetime | None = None,
    merged: datetime | None = None,
    locked: bool = False,
    draft: bool = False,
) -> Json:
    """`head_repository`: empty for the repository itself, None where the fork is gone. `merged` closes it too."""
    head: Json = {"ref": head_ref, "sha": head_sha}
    if head_repository is None:
        head["repo"] = None
    elif head_repository:
        head["repo"] = {"full_name": head_repository, "fork": True}
    ended = closed or merged
    document: Json = {
        "number": number,
        "title": title,
        "body": body,
        "state": "closed" if ended else "open",
        "head": head,
        "base": {"ref": base_ref, "sha": base_sha},
        "labels": list(labels),
        "user": {"login": author},
        "locked": locked,
        "draft": draft,
        "closed_at": stamp(ended) if ended else None,
        "merged_at": stamp(merged) if merged else None,
        "merged": merged is not None,
    }
    last = ended or opened
    return (
        document
        | ({"created_at": stamp(opened)} if opened else {})
        | ({"updated_at": stamp(last)} if last else {})
    )


def workflow_run(
    run_id: int,
    *,
    attempt: int = 1,
    status: str = "completed",
    conclusion: str | None = None,
    event: str = "pull_request",
    head_branch: str = "faster-checkout",
    head_sha: str = HEAD_SHA,
    head_repository: str = "",
    pulls: Sequence[int] = (),
    created: datetime | None = None,
) -> Json:
    """`pulls` are the numbers that GitHub lists with the run; for a fork's run it lists none."""
    document: Json = {
        "id": run_id,
        "run_attempt": attempt,
        "status": status,
        "conclusion": conclusion or ("success" if status == "completed" else None),
        "event": event,
        "head_branch": head_branch,
        "head_sha": head_sha,
        "pull_requests": [{"number": number} for number in pulls],
    }
    if head_repository:
        document["head_repository"] = {"full_name": head_repository, "fork": True}
    if created:
        document |= {"created_at": stamp(created), "updated_at": stamp(created)}
    return document
