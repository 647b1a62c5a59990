"""GitHub behind the PullHistory port.

A renamed or transferred repository is a redirect (301) to its number, which has the new name. No
redirect is followed by itself: only to the same API, where the token belongs.
Source: https://docs.github.com/rest/pulls/pulls,
https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from ci_tokengate.adapters.github_limits import is_limited
from ci_tokengate.adapters.http import Answer, Deadline, JsonClient
from ci_tokengate.core.ledger.pulls import pull_record
from ci_tokengate.core.ledger.records import PullRecord
from ci_tokengate.errors import UndecidedError, UsageError

_PAGE = 100
_MOVED = (301, 302, 307, 308)
_GONE = (403, 404, 410, 451)
_HOPS = 3


class GitHubPulls:
    """Implements ports.PullHistory. `api_url` is GITHUB_API_URL; the token needs `pull-requests: read`."""

    def __init__(self, api_url: str, token: str, *, deadline: Deadline) -> None:
        self._api_url = api_url.rstrip("/")
        headers = {"x-github-api-version": "2022-11-28", "user-agent": "ci-tokengate"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self._http = JsonClient(
            self._api_url, name=self._api_url, headers=headers, deadline=deadline
        )

    @property
    def host(self) -> str:
        name = urlsplit(self._api_url).hostname or ""
        return name.removeprefix("api.")

    def name_of(self, repository: str) -> str | None:
        doing, path = f"looking {repository} up", f"/repos/{repository}"
        for _ in range(_HOPS):
            answer = self._http.call("GET", path)
            if answer.status in _GONE and not is_limited(answer):
                return None
            moved = self._path_of(answer)
            if moved is None:
                self._check(answer, doing)
                name = answer.body.get("full_name") if isinstance(answer.body, dict) else None
                if not isinstance(name, str):
                    raise self._odd(doing)
                return name
            path = moved
        raise self._odd(doing)

    def pulls_since(self, repository: str, since: datetime | None) -> Iterator[PullRecord]:
        query = {"state": "all", "sort": "updated", "direction": "desc"}
        listing = f"listing the pull requests of {repository}"
        for body in self._all(f"/repos/{repository}/pulls", query, listing):
            pull = pull_record(self.host, repository, body)
            if pull is None:
                raise self._odd(listing)
            if since is not None and pull.updated_at < since:
                return
            yield pull

    def changed_files(self, repository: str, number: int) -> Iterator[str]:
        """A file that was moved counts where it is now."""
        doing = f"listing the files of {repository}#{number}"
        for body in self._all(f"/repos/{repository}/pulls/{number}/files", {}, doing):
            name = body.get("filename") if isinstance(body, dict) else None
            if isinstance(name, str):
                yield name

    def _all(self, path: str, query: Mapping[str, str], doing: str) -> Iterator[Any]:
        for page in count(1):
            paged = {**query, "per_page": str(_PAGE), "page": str(page)}
            answer = self._http.call("GET", path, params=paged)
            self._check(answer, doing)
            if not isinstance(answer.body, list):
                raise self._odd(doing)
            yield from answer.body
            if len(answer.body) < _PAGE:
                return

    def _path_of(self, answer: Answer) -> str | None:
        """Where a redirect leads, below the API. Raises UsageError where it leads elsewhere."""
        if answer.status not in _MOVED:
            return None
        target = answer.headers.get("location", "")
        if not target.startswith(f"{self._api_url}/"):
            raise UsageError(
                f"{self._api_url} redirects to another address; a token is never sent along.",
                hint="Set GITHUB_API_URL to the API's own address.",
            )
        return target.removeprefix(self._api_url)

    def _check(self, answer: Answer, doing: str) -> None:
        if answer.status == 200:
            return
        if is_limited(answer):
            raise UndecidedError(
                f"{self._api_url} limits the rate of requests, while {doing} (HTTP {answer.status}).",
                hint="Run it again later: what was read stays. GitHub counts requests by token.",
            )
        if answer.status < 500:
            raise UsageError(
                f"{self._api_url} refused, while {doing} (HTTP {answer.status}).",
                hint="GITHUB_TOKEN needs `pull-requests: read` of every repository that CI spends for.",
            )
        raise UndecidedError(
            f"{self._api_url} failed, while {doing} (HTTP {answer.status}).",
            hint="GitHub's API is unwell; run it again later: what was read stays.",
        )

    def _odd(self, doing: str) -> UndecidedError:
        return UndecidedError(
            f"{self._api_url} answers in a form that is not GitHub's, while {doing}.",
            hint="Is GITHUB_API_URL the address of GitHub's API?",
        )
