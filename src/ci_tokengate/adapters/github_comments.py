"""Comments on one pull request, through PyGithub, behind the Comments port.

PyGithub's own waits are switched off: it would sleep until a rate limit is over, which can be an
hour, and would repeat a POST that a 502 may have hidden the effect of.
Source: https://docs.github.com/rest/issues/comments and
https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import github
import requests
from github.Issue import Issue
from github.IssueComment import IssueComment

from ci_tokengate.adapters.github_errors import meaning, pause
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.comments import Comment
from ci_tokengate.errors import UndecidedError

ACTIONS = "github-actions[bot]"
_ATTEMPTS = 3
_PER_CALL = 10
_T = TypeVar("_T")


class GitHubComments:
    """Implements ports.Comments. `api_url` is GITHUB_API_URL; `deadline` bounds every wait."""

    def __init__(
        self, api_url: str, token: str, repository: str, number: int, *, deadline: Deadline
    ) -> None:
        self._token, self._deadline = token, deadline
        self._subject = f"pull request {number} of {repository}"
        self._repository, self._number = repository, number
        self._client = github.Github(
            auth=github.Auth.Token(token),
            base_url=api_url.rstrip("/"),
            timeout=int(max(1, min(_PER_CALL, deadline.remaining()))),
            retry=None,
            per_page=100,
            seconds_between_requests=0,
            seconds_between_writes=0,
        )
        self._opened: Issue | None = None
        self._author = ""
        self._seen: dict[int, IssueComment] = {}

    def mine(self, marker: str) -> list[Comment]:
        """The author is asked for only where there is a marker to be judged."""

        def matching() -> list[IssueComment]:
            return [c for c in self._issue().get_comments() if marker in (c.body or "")]

        found = self._call("listing comments of", matching)
        if not found:
            return []
        author = self._me()
        own = [c for c in found if c.user is not None and c.user.login == author]
        return sorted(map(self._remembered, own), key=lambda comment: comment.id)

    def create(self, body: str) -> Comment:
        issue = self._call("reading", self._issue)
        made = self._call("commenting on", lambda: issue.create_comment(body), repeatable=False)
        return self._remembered(made)

    def edit(self, comment: Comment, body: str) -> Comment | None:
        known = self._seen[comment.id]
        done = self._call("editing a comment on", lambda: _unless_gone(lambda: known.edit(body)))
        return self._remembered(known) if done else None

    def delete(self, comment: Comment) -> None:
        known = self._seen[comment.id]
        self._call("deleting a comment on", lambda: _unless_gone(lambda: known.delete()))

    def hide(self, comment: Comment) -> None:
        known = self._seen[comment.id]
        self._call("hiding a comment on", lambda: known.minimize("OUTDATED"))

    def _issue(self) -> Issue:
        """Read whole, so that a repository that was renamed is called by its new name from here on:
        GitHub redirects a POST too, and PyGithub takes the redirect for the answer."""
        if self._opened is None:
            self._opened = self._client.get_repo(self._repository).get_issue(self._number)
        return self._opened

    def _me(self) -> str:
        """An installation's token may not ask `/user`; GraphQL's viewer tells it all the same."""
        if not self._author:
            self._author = self._call("finding the author of comments on", self._ask_who)
        return self._author

    def _ask_who(self) -> str:
        if not self._token.startswith("ghs_"):
            try:
                return self._client.get_user().login
            except github.GithubException as error:
                if error.status not in (401, 403, 404):
                    raise
        try:
            query = "query { viewer { login } }"
            _, answer = self._client.requester.graphql_query(query, {})
            return str(answer["data"]["viewer"]["login"])
        except (github.GithubException, LookupError, TypeError):
            return ACTIONS

    def _call(self, doing: str, call: Callable[[], _T], *, repeatable: bool = True) -> _T:
        """Within the deadline. What a limit refused was not done, and may be asked again."""
        what = f"{doing} {self._subject}"
        attempt = 0
        while True:
            attempt += 1
            self._deadline.check(what)
            try:
                return call()
            except github.GithubException as error:
                wait = pause(error, attempt, repeatable=repeatable)
                if wait is None or attempt == _ATTEMPTS or wait > self._deadline.remaining() - 1:
                    raise meaning(error, what) from error
            except requests.RequestException as error:
                wait = 0.5 * attempt
                if not repeatable or attempt == _ATTEMPTS or wait > self._deadline.remaining():
                    raise UndecidedError(
                        f"GitHub broke off while {what} ({type(error).__name__}).",
                        hint="Is its API reachable from this runner? Run the job again.",
                    ) from error
            time.sleep(wait)

    def _remembered(self, comment: IssueComment) -> Comment:
        self._seen[comment.id] = comment
        return Comment(
            id=comment.id, node_id=comment.node_id, body=comment.body or "", url=comment.html_url
        )


def _unless_gone(call: Callable[[], None]) -> bool:
    try:
        call()
    except github.UnknownObjectException:
        return False
    return True
