"""Comments on one pull request, through PyGithub, behind the Comments port.

Source: https://docs.github.com/rest/issues/comments
"""

from __future__ import annotations

from collections.abc import Callable

import github
from github.Issue import Issue
from github.IssueComment import IssueComment

from ci_tokengate.adapters.github_calls import GitHubCalls
from ci_tokengate.adapters.github_graph import hidden_among
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.comments import Comment
from ci_tokengate.core.postings import bears
from ci_tokengate.ports import Clock

_LISTING = "listing comments of"


class GitHubComments:
    """Implements ports.Comments. `api_url` is GITHUB_API_URL.

    `deadline` bounds every wait; the last call may outlast it, by ten seconds at most.
    """

    def __init__(
        self,
        api_url: str,
        token: str,
        repository: str,
        number: int,
        *,
        deadline: Deadline,
        clock: Clock,
    ) -> None:
        self._repository, self._number = repository, number
        subject = f"pull request {number} of {repository}"
        self._calls = GitHubCalls(api_url, token, subject, deadline=deadline, clock=clock)
        self._opened: Issue | None = None
        self._seen: dict[int, IssueComment] = {}
        self._folded: set[str] | None = None

    def mine(self, marker: str) -> list[Comment]:
        """The author is asked for only where there is a marker to be judged."""

        def matching() -> list[IssueComment]:
            listed = self._issue().get_comments()
            return [
                c
                for c in listed
                if self._calls.deadline.check(_LISTING) and bears(c.body or "", marker)
            ]

        found = self._calls.call(_LISTING, matching)
        if not found:
            return []
        author = self._calls.login()

        def own() -> list[Comment]:
            kept = [c for c in found if c.user is not None and c.user.login == author]
            return sorted(map(self._remembered, kept), key=lambda comment: comment.id)

        return self._calls.call(_LISTING, own)

    def create(self, body: str) -> Comment:
        issue = self._calls.call("reading", self._issue)
        return self._calls.call(
            "commenting on",
            lambda: self._remembered(issue.create_comment(body)),
            repeatable=False,
        )

    def edit(self, comment: Comment, body: str) -> Comment | None:
        known = self._seen[comment.id]
        done = self._calls.call(
            "editing a comment on", lambda: _unless_gone(lambda: known.edit(body))
        )
        return self._remembered(known) if done else None

    def delete(self, comment: Comment) -> None:
        known = self._seen[comment.id]
        self._calls.call("deleting a comment on", lambda: _unless_gone(lambda: known.delete()))

    def hide(self, comment: Comment) -> None:
        """Those that are hidden already cost one question for all of them."""
        if self._folded is None:
            ids = [known.node_id for known in self._seen.values()]
            self._folded = self._calls.call(
                "reading hidden comments of", lambda: hidden_among(self._calls.client, ids)
            )
        if comment.node_id not in self._folded:
            known = self._seen[comment.id]
            self._calls.call(
                "hiding a comment on",
                lambda: _unless_gone(lambda: known.minimize("OUTDATED")),
            )
            self._folded.add(comment.node_id)

    def _issue(self) -> Issue:
        """Read whole, so that a repository that was renamed is called by its new name from here on:
        GitHub redirects a POST too, and PyGithub takes the redirect for the answer."""
        if self._opened is None:
            self._opened = self._calls.client.get_repo(self._repository).get_issue(self._number)
        return self._opened

    def _remembered(self, comment: IssueComment) -> Comment:
        """Raises ValueError for what is no comment, such as a redirect's body."""
        if not (comment.id and comment.node_id and comment.html_url):
            raise ValueError("no comment")
        self._seen[comment.id] = comment
        return Comment(
            id=comment.id, node_id=comment.node_id, body=comment.body or "", url=comment.html_url
        )


def _unless_gone(call: Callable[[], object]) -> bool:
    try:
        call()
    except github.UnknownObjectException:
        return False
    return True
