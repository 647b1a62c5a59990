"""The code host: files, pull requests and runs of a repository; the repositories of an organisation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # post imports this page, and should not pay for types that it only names
    from ci_tokengate.core.context import PullRequest
    from ci_tokengate.core.policy_place import BranchRule
    from ci_tokengate.scan.inventory.census import Hosted, Tree


class RunState(Enum):
    """What the code host says of one attempt of a run."""

    RUNNING = "running"
    FINISHED = "finished"
    UNKNOWN = "unknown"


class CodeHost(Protocol):
    """GitHub, or a GitHub Enterprise server."""

    def file_at(self, repository: str, path: str, ref: str) -> str | None:
        """The file's text at that commit, or None where there is none."""
        ...

    def files_in(self, repository: str, folder: str, ref: str) -> list[str]:
        """Paths of the files in that folder at that commit, sorted; none where there is no such folder."""
        ...

    def branch_rules(self, repository: str, branch: str) -> list[BranchRule]:
        """What active rulesets ask of that branch; of rules of another kind a job is told nothing."""
        ...

    def pull_request(self, repository: str, number: int) -> PullRequest: ...

    def run_state(self, repository: str, run_id: str, attempt: int) -> RunState: ...

    def pulls_of_head(
        self, repository: str, owner: str, branch: str, sha: str
    ) -> list[PullRequest]:
        """Pull requests, open or not, whose head is `owner:branch` at `sha`; newest first."""
        ...

    def pulls_since(self, repository: str, since: datetime) -> Iterable[PullRequest]:
        """Pull requests that were updated after `since`, the latest first."""
        ...


class Organisation(Protocol):
    """An organisation's repositories at the code host.

    Every call may raise UsageError (this one cannot be read) or UndecidedError (none can: limits, outages).
    """

    def repositories(self) -> Iterable[Hosted]: ...

    def tree(self, one: Hosted) -> Tree:
        """Of its default branch."""
        ...

    def blob(self, one: Hosted, sha: str) -> bytes: ...
