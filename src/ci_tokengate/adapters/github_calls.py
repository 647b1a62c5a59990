"""Calls to GitHub through PyGithub: within a deadline, repeated where that is safe, told as our errors.

PyGithub's own waits are switched off: it would sleep until a rate limit is over, which can be an
hour, and would repeat a POST that a 502 may have hidden the effect of. It follows no redirect to
another host, and sends the token it is given whatever .netrc says.
Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import github
import requests

from ci_tokengate.adapters.github_errors import NONSENSE, broken, meaning, pause
from ci_tokengate.adapters.github_graph import login_of
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.ports import Clock

_ATTEMPTS = 3
_PER_CALL = 10
_T = TypeVar("_T")


class GitHubCalls:
    """`subject` is what it is all about, for people. `deadline` bounds every wait; the last call
    may outlast it, by ten seconds at most."""

    def __init__(
        self, api_url: str, token: str, subject: str, *, deadline: Deadline, clock: Clock
    ) -> None:
        self._token, self._subject = token, subject
        self.deadline, self._clock = deadline, clock
        self.client = github.Github(
            auth=github.Auth.Token(token),
            base_url=api_url.rstrip("/"),
            timeout=int(max(1, min(_PER_CALL, deadline.remaining()))),
            retry=None,
            per_page=100,
            seconds_between_requests=0,
            seconds_between_writes=0,
        )
        self._login = ""

    def login(self) -> str:
        """Whose the token is."""
        if not self._login:
            self._login = self.call(
                "finding the author of comments on", lambda: login_of(self.client, self._token)
            )
        return self._login

    def call(self, doing: str, call: Callable[[], _T], *, repeatable: bool = True) -> _T:
        """Within the deadline. What a limit refused was not done, and may be asked again."""
        what = f"{doing} {self._subject}"
        attempt = 0
        while True:
            attempt += 1
            self.deadline.check(what)
            try:
                return call()
            except github.GithubException as error:
                wait = pause(error, attempt, self._clock.now(), repeatable=repeatable)
                if wait is None or attempt == _ATTEMPTS or wait > self.deadline.remaining() - 1:
                    raise meaning(error, what, self._clock.now()) from error
            except (requests.RequestException, *NONSENSE) as error:
                wait = 0.5 * attempt
                if not repeatable or attempt == _ATTEMPTS or wait > self.deadline.remaining() - 1:
                    raise broken(error, what) from error
            self._clock.sleep(wait)
