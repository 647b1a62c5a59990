"""An organisation's repositories, through PyGithub, behind the Organisation port.

PyGithub's own waits are switched off: it would sleep until a rate limit is over, which can be an hour.
Source: https://docs.github.com/rest/repos/repos#list-organization-repositories, …/git/trees, …/git/blobs
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import TypeVar

import github
import requests
from github.Repository import Repository

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.github_errors import is_limit, meaning, pause
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.errors import TokengateError, UndecidedError, UsageError
from ci_tokengate.scan.inventory.census import Blob, Hosted, Tree

_ATTEMPTS = 3
_PER_CALL = 10
_PAGE = 100
_PATIENCE = 5.0
"""Seconds to wait for a limit; longer ones are told."""
_EMPTY = 409
_T = TypeVar("_T")


class GitHubOrganisation:
    """Implements ports.Organisation. `api_url` is GITHUB_API_URL; `deadline` bounds every wait."""

    def __init__(self, api_url: str, token: str, name: str, *, deadline: Deadline) -> None:
        self._name, self._deadline, self._clock = name, deadline, SystemClock()
        self._client = github.Github(
            auth=github.Auth.Token(token) if token else None,
            base_url=api_url.rstrip("/"),
            timeout=int(max(1, min(_PER_CALL, deadline.remaining()))),
            retry=None,
            per_page=_PAGE,
            seconds_between_requests=0,
            seconds_between_writes=0,
            lazy=True,
        )
        self._opened: dict[str, Repository] = {}
        self._blobs: dict[str, bytes] = {}

    def repositories(self) -> Iterator[Hosted]:
        """In the order of their names; every page is a request."""
        doing = f"listing the repositories of {self._name}"
        pages = self._client.get_organization(self._name).get_repos(sort="full_name")
        for page in count():
            found = self._call(doing, partial(pages.get_page, page))
            for one in found:
                self._opened[one.full_name] = one
                yield Hosted(
                    name=one.full_name,
                    branch=one.default_branch,
                    archived=one.archived,
                    fork=one.fork,
                )
            if len(found) < _PAGE:
                return

    def tree(self, one: Hosted) -> Tree:
        """Empty for an empty repository."""
        repository = self._opened[one.name]
        try:
            found = self._call(
                f"reading the tree of {one.name}",
                lambda: repository.get_git_tree(one.branch, recursive=True),
            )
        except _EmptyError:
            return Tree(blobs={})
        files = (e for e in found.tree if e.type == "blob" and e.mode.startswith("100"))
        blobs = {e.path: Blob(sha=e.sha, size=e.size or 0) for e in files}
        return Tree(blobs=blobs, truncated=found.truncated)

    def blob(self, one: Hosted, sha: str) -> bytes:
        """The same content is fetched once, however many repositories have it."""
        if sha not in self._blobs:
            repository = self._opened[one.name]
            found = self._call(
                f"reading a file of {one.name}", lambda: repository.get_git_blob(sha)
            )
            self._blobs[sha] = base64.b64decode(found.content)
        return self._blobs[sha]

    def _call(self, doing: str, call: Callable[[], _T]) -> _T:
        """Within the deadline."""
        attempt = 0
        while True:
            attempt += 1
            self._deadline.check(doing)
            try:
                return call()
            except github.GithubException as error:
                if error.status == _EMPTY:
                    raise _EmptyError(f"GitHub says that it is empty, while {doing}.") from error
                wait = pause(error, attempt, self._clock.now(), repeatable=True)
                if wait is None or attempt == _ATTEMPTS or wait > self._patience():
                    raise _told(meaning(error, doing, self._clock.now()), error) from error
            except requests.RequestException as error:
                wait = 0.5 * attempt
                if attempt == _ATTEMPTS or wait > self._patience():
                    raise UndecidedError(
                        f"GitHub broke off while {doing} ({type(error).__name__}).",
                        hint="Is its API reachable from here?",
                    ) from error
            self._clock.sleep(wait)

    def _patience(self) -> float:
        return min(_PATIENCE, self._deadline.remaining() - 1)


class _EmptyError(UsageError):
    """A repository without a commit."""


def _told(said: TokengateError, error: github.GithubException) -> UndecidedError | UsageError:
    if isinstance(said, UsageError):
        hint = "The token must see the organisation's repositories, with `contents: read`."
        return UsageError(said.message, hint=hint)
    limit = "GitHub counts requests by token; --no-code needs far fewer." if is_limit(error) else ""
    return UndecidedError(said.message, hint=limit or "GitHub's API is unwell; run it again later.")
