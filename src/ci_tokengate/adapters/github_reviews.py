"""Reviewed changes at GitHub, through PyGithub, behind the Reviews port.

Source: https://docs.github.com/rest/commits/commits (commits of a path, pull requests of a commit),
…/branches/branches, …/repos/contents, …/git/refs
"""

from __future__ import annotations

from typing import Any

import github
from github.PullRequest import PullRequest
from github.Repository import Repository

from ci_tokengate.adapters.github_agreement import admission_of, review_of, writers_of
from ci_tokengate.adapters.github_calls import GitHubCalls
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.governance.approval import MergedChange, Review
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import Clock
from ci_tokengate.ports.reviews import Proposal


class GitHubReviews:
    """Implements ports.Reviews. The token reads contents and pull requests, and writes them to propose.

    `environment`: whoever lets a job into it agrees; it takes a token that reads actions, too.
    """

    def __init__(
        self,
        api_url: str,
        token: str,
        repository: str,
        *,
        deadline: Deadline,
        clock: Clock,
        environment: str = "",
    ) -> None:
        self._calls = GitHubCalls(
            api_url, token, f"in {repository}", deadline=deadline, clock=clock
        )
        self._name, self._environment = repository, environment
        self._opened: Repository | None = None

    def last_change(self, path: str) -> MergedChange | None:
        doing = f"finding out who agreed to {path}"
        return self._calls.call(doing, lambda: self._last_change(path))

    def protected(self) -> bool:
        def ask() -> bool:
            repository = self._repository()
            return bool(repository.get_branch(repository.default_branch).protected)

        return self._calls.call("reading the default branch", ask)

    def propose(self, proposal: Proposal) -> str:
        doing = f"proposing {proposal.path}"
        there = self._calls.call(doing, lambda: self._text(proposal.path, None))
        if there is not None:
            raise UsageError(
                f"{proposal.path} is in {self._name} already.",
                hint="An exemption is changed by a pull request like any other file.",
            )
        self._calls.call(doing, lambda: self._branch(proposal.branch))
        self._calls.call(doing, lambda: self._file(proposal))
        return self._calls.call(doing, lambda: self._pull(proposal).html_url)

    def _last_change(self, path: str) -> MergedChange | None:
        repository = self._repository()
        commits = repository.get_commits(sha=repository.default_branch, path=path)
        commit = next(iter(commits), None)
        if commit is None:
            return None
        # One that was merged elsewhere says nothing of how the file came here.
        home = repository.default_branch
        pulls = [p for p in commit.get_pulls() if p.merged_at and p.base.ref == home]
        if not pulls:
            return None
        pull = pulls[0]
        reviews = [*self._admissions(pull.head.sha), *map(review_of, pull.get_reviews())]
        return MergedChange(
            number=pull.number,
            url=pull.html_url,
            author=pull.user.login if pull.user else "",
            head=pull.head.sha,
            merged_at=pull.merged_at,
            reviews=tuple(review for review in reviews if review is not None),
            writers=writers_of(pull),
        )

    def _admissions(self, head: str) -> list[Review]:
        """Of jobs of this very head into the environment: they come first, so that a review may take one back."""
        if not self._environment:
            return []
        found = []
        for run in self._repository().get_workflow_runs(head_sha=head, event="pull_request"):
            _, told = self._calls.client.requester.requestJsonAndCheck(
                "GET", f"{run.url}/approvals"
            )
            found += [admission_of(one, head) for one in told if self._is_for(one)]
        return found

    def _is_for(self, told: dict[str, Any]) -> bool:
        names = {e.get("name") for e in told.get("environments") or ()}
        decided = told.get("state") in ("approved", "rejected")
        return decided and self._environment in names and bool(told.get("user"))

    def _branch(self, name: str) -> None:
        """Whatever of an earlier try is there already is taken as it is."""
        repository = self._repository()
        tip = repository.get_branch(repository.default_branch).commit.sha
        try:
            repository.create_git_ref(f"refs/heads/{name}", tip)
        except github.GithubException as error:
            if error.status != 422:
                raise

    def _file(self, proposal: Proposal) -> None:
        there = self._text(proposal.path, proposal.branch)
        if there is None:
            self._repository().create_file(
                proposal.path, proposal.title, proposal.text, branch=proposal.branch
            )
        elif there != proposal.text:
            raise UsageError(
                f"The branch {proposal.branch} of {self._name} asks for something else under that name.",
                hint="Change its pull request, or give another --reason, of which the name is made.",
            )

    def _pull(self, proposal: Proposal) -> PullRequest:
        repository = self._repository()
        owner = repository.full_name.partition("/")[0]
        for pull in repository.get_pulls(state="open", head=f"{owner}:{proposal.branch}"):
            return pull
        return repository.create_pull(
            base=repository.default_branch,
            head=proposal.branch,
            title=proposal.title,
            body=proposal.body,
        )

    def _text(self, path: str, branch: str | None) -> str | None:
        repository = self._repository()
        try:
            found = repository.get_contents(path, ref=branch or repository.default_branch)
        except github.UnknownObjectException:
            return None
        if isinstance(found, list):
            raise ValueError("a folder")
        return found.decoded_content.decode("utf-8", "replace")

    def _repository(self) -> Repository:
        if self._opened is None:
            self._opened = self._calls.client.get_repo(self._name)
        return self._opened
