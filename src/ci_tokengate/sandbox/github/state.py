"""What the double knows. Tests and the demo write it directly, under `lock` while a server runs.

Documents (`pulls`, `issues`, `runs`, …) hold what differs from an ordinary one: an answer is the
ordinary one with the document laid over it, so `pulls[7] = {"number": 7}` is enough, and a payload
from the documentation does as well. GitHub's own addresses in them become the double's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from itertools import count
from threading import RLock
from typing import Any

from ci_tokengate.sandbox.clock import Clock, WallClock
from ci_tokengate.sandbox.github.faults import Faults
from ci_tokengate.sandbox.github.identity import ACTIONS, Identity

Json = dict[str, Any]


@dataclass(kw_only=True)
class Comment:
    """One comment of an issue or a pull request. `minimized` is the classifier, as in OUTDATED."""

    id: int
    issue: int
    body: str
    author: Identity
    created: datetime
    updated: datetime
    minimized: str | None = None

    @property
    def node_id(self) -> str:
        return f"IC_kwDO{self.id}"


@dataclass(kw_only=True)
class Asked:
    """One request: `path` without the base, `login` of its token, `status` None until it is answered."""

    method: str
    path: str
    query: Mapping[str, str]
    login: str | None
    body: Any = None
    status: int | None = None


@dataclass(kw_only=True)
class Shelf:
    """One of an organisation's repositories, on its default branch. `truncated`: its tree is too large for one answer."""

    files: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    archived: bool = False
    fork: bool = False
    truncated: bool = False


@dataclass
class GitHubState:
    """`files` is by (ref, path), `runs` by id, `jobs` by (run, attempt); `asked` is the files that were read.

    `changed` are the paths of a pull request's files, by its number. `approvals` are by run id: who
    let its jobs into which `environment`. `commits` are a pull request's, by its number: `sha`, `by` (a login),
    how many `parents`; without any it has its head alone.
    No `tokens`: any token acts as github-actions[bot] with all rights. No `repository`: the double
    answers for any name. `protected` are branches by name, `rules` what rulesets ask of a branch, by its name.
    `moved` is the old full name to the new one; `shelves` are by full name.
    """

    files: dict[tuple[str, str], str] = field(default_factory=dict)
    pulls: dict[int, Json] = field(default_factory=dict)
    changed: dict[int, list[str]] = field(default_factory=dict)
    runs: dict[str, Json] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    issues: dict[int, Json] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    discussions: dict[int, Json] = field(default_factory=dict)
    categories: list[str] = field(default_factory=lambda: ["Announcements", "General"])
    reviews: dict[int, list[Json]] = field(default_factory=dict)
    approvals: dict[str, list[Json]] = field(default_factory=dict)
    commits: dict[int, list[Json]] = field(default_factory=dict)
    jobs: dict[tuple[str, int], list[Json]] = field(default_factory=dict)
    check_runs: dict[int, Json] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    protected: set[str] = field(default_factory=set)
    rules: dict[str, list[Json]] = field(default_factory=dict)
    tokens: dict[str, Identity] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    shelves: dict[str, Shelf] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    log: list[Asked] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    repository: str = ""
    default_branch: str = "main"
    private: bool = False
    filters_apps: bool = True
    """False: the filter of issues by author finds none of an app, as on some of GitHub's enterprise sites."""
    rate_limit: int = 5000
    public_url: str = ""
    """Where clients see the API, when something stands in front of it."""
    now: Clock = field(default_factory=WallClock)
    lock: Any = field(default_factory=RLock, repr=False)
    _ids: Any = field(default_factory=lambda: count(3_000_000_001), repr=False)

    def __post_init__(self) -> None:
        self.started = self.now().replace(microsecond=0)

    def reset(self) -> None:
        """As on the first day."""
        with self.lock:
            fresh = GitHubState(now=self.now)
            for each in fields(self):
                if each.name not in ("now", "lock", "public_url"):
                    known, new = getattr(self, each.name), getattr(fresh, each.name)
                    if isinstance(known, dict | set):
                        known.clear()
                        known.update(new)
                    elif isinstance(known, list):
                        known[:] = new
                    else:
                        setattr(self, each.name, new)

    def next_id(self) -> int:
        return int(next(self._ids))

    def next_number(self) -> int:
        """Issues and pull requests are counted together."""
        return max([0, *self.pulls, *self.issues]) + 1

    def comments_on(self, number: int) -> list[Comment]:
        with self.lock:
            return sorted((c for c in self.comments.values() if c.issue == number), key=_by_id)

    def add_comment(
        self, number: int, body: str, *, by: Identity = ACTIONS, created: datetime | None = None
    ) -> Comment:
        with self.lock:
            when = (created or self.now()).replace(microsecond=0)
            new = Comment(
                id=self.next_id(), issue=number, body=body, author=by, created=when, updated=when
            )
            self.comments[new.id] = new
            return new

    def close_pull(self, number: int, *, merged: bool, when: datetime | None = None) -> None:
        with self.lock:
            moment = stamp(when or self.now())
            pull = self.pulls[number]
            pull |= {"state": "closed", "closed_at": moment, "updated_at": moment}
            pull |= {"merged": merged, "merged_at": moment if merged else None}

    def rate(self, login: str | None) -> dict[str, int]:
        """The rate limit of one identity, in requests an hour; `reset` is in epoch seconds."""
        limit = self.rate_limit if login else 60
        used = self.used.get(login or "", 0)
        reset = int((self.started + timedelta(hours=1)).timestamp())
        return {"limit": limit, "remaining": max(0, limit - used), "reset": reset, "used": used}


def _by_id(comment: Comment) -> int:
    return comment.id


def stamp(moment: datetime) -> str:
    """`2026-11-23T19:50:54Z`, as GitHub writes times."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
