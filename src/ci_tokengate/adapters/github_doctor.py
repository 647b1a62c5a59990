"""May a token comment on pull requests? As much as GitHub tells without anything being written.

Source: https://docs.github.com/rest/repos/repos#get-a-repository (`permissions` are the user's),
https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps (X-OAuth-Scopes)
"""

from __future__ import annotations

from typing import Any

from ci_tokengate.adapters.github_limits import is_limited
from ci_tokengate.adapters.http import Answer, Deadline, JsonClient
from ci_tokengate.core.diagnosis import Comment, CommentRight
from ci_tokengate.errors import UndecidedError

_IN_A_WORKFLOW = "give the job `permissions: {pull-requests: write}`"
_FINE_GRAINED = "give the token “Pull requests: read and write” for the repository"


class GitHubRights:
    """Implements ports.CommentRights. `event_from_fork`: the job's token is read-only then."""

    def __init__(
        self, api_url: str, token: str, *, deadline: Deadline, event_from_fork: bool = False
    ) -> None:
        self._token = token
        self._from_fork = event_from_fork
        self._url = api_url.rstrip("/")
        headers = {
            "authorization": f"Bearer {token}",
            "accept": "application/vnd.github+json",
            "x-github-api-version": "2022-11-28",
            "user-agent": "ci-tokengate",
        }
        self._http = JsonClient(self._url, name=self._url, headers=headers, deadline=deadline)

    def comment_right(self, repository: str) -> CommentRight:
        answer = self._http.call("GET", f"/repos/{repository}")
        refused = self._refused(answer)
        if refused is not None:
            return refused
        body = answer.body
        if body.get("archived"):
            said = "nobody comments: the repository is archived"
            return _no(said, "unarchive it, or take the workflow out")
        if self._token.startswith("ghs_"):
            return self._installation()
        if "x-oauth-scopes" in answer.headers:
            return _classic(answer.headers["x-oauth-scopes"], private=bool(body.get("private")))
        return _user(body)

    def _refused(self, answer: Answer) -> CommentRight | None:
        if answer.status == 401:
            said = "GitHub does not know the token: it is wrong, revoked or expired"
            return _no(said, "give the job's own token: ${{ github.token }}")
        if answer.status == 403 and not is_limited(answer):
            return _no("the token may not even read", "give it access to the repository")
        if answer.status == 404:
            said = "the token sees no repository"
            return _no(said, "check the name, and give the token access to it")
        if 300 <= answer.status < 400:
            return _no("there is a new name or owner", "use the repository's new name")
        if answer.status != 200 or not isinstance(answer.body, dict):
            raise UndecidedError(
                f"{self._url} could not tell what the token may do (HTTP {answer.status}).",
                hint="GitHub's API is unwell, or its rate limit is spent; try again later.",
            )
        return None

    def _installation(self) -> CommentRight:
        if self._from_fork:
            said = "a job for a fork's pull request has a token that only reads"
            return _no(said, "comment from a `workflow_run` workflow")
        said = "a workflow's token does not tell its rights, and nothing was written to find out,"
        return CommentRight(answer=Comment.UNTOLD, said=said, change=_IN_A_WORKFLOW)


def _classic(scopes: str, *, private: bool) -> CommentRight:
    """Whoever sees a repository may comment on its pull requests, if the token's scope lets them."""
    had = {scope.strip() for scope in scopes.split(",")}
    if "repo" in had or (not private and "public_repo" in had):
        return CommentRight(answer=Comment.MAY, said="the token may write to pull requests")
    lacking = "repo" if private else "public_repo"
    return _no(f"the token lacks the scope {lacking}", f"make a token with the scope {lacking}")


def _user(body: dict[str, Any]) -> CommentRight:
    """A fine-grained token: GitHub tells its user's rights, which are the most it can have."""
    rights = body.get("permissions")
    if isinstance(rights, dict) and not rights.get("pull"):
        return _no("the token's user may not even read", "give the user access to the repository")
    said = "a fine-grained token does not tell its own rights, only its user's,"
    return CommentRight(answer=Comment.UNTOLD, said=said, change=_FINE_GRAINED)


def _no(said: str, change: str) -> CommentRight:
    return CommentRight(answer=Comment.MAY_NOT, said=said, change=change)
