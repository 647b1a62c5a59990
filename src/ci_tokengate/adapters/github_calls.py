"""PyGithub within a deadline, and without its own waits.

It would sleep until a rate limit is over, which can be an hour, and would repeat a POST that a 502
may have hidden the effect of. It follows no redirect to another host, and sends the token it is
given whatever .netrc says.
Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import github
import requests

from ci_tokengate.adapters.github_errors import NONSENSE, broken, meaning, pause
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.ports import Clock

_ATTEMPTS = 3
_PER_CALL = 10
_T = TypeVar("_T")


class GitHubCalls:
    """`api_url` is GITHUB_API_URL. The last call may outlast the deadline, by ten seconds at most."""

    def __init__(self, api_url: str, token: str, *, deadline: Deadline, clock: Clock) -> None:
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

    def ask(self, doing: str, call: Callable[[], _T], *, repeatable: bool = True) -> _T:
        """Within the deadline. What a limit refused was not done, and may be asked again.

        Raises UsageError or UndecidedError that names `doing`.
        """
        attempt = 0
        while True:
            attempt += 1
            self.deadline.check(doing)
            try:
                return call()
            except github.GithubException as error:
                wait = pause(error, attempt, self._clock.now(), repeatable=repeatable)
                if wait is None or attempt == _ATTEMPTS or wait > self.deadline.remaining() - 1:
                    raise meaning(error, doing, self._clock.now()) from error
            except (requests.RequestException, *NONSENSE) as error:
                wait = 0.5 * attempt
                if not repeatable or attempt == _ATTEMPTS or wait > self.deadline.remaining() - 1:
                    raise broken(error, doing) from error
            self._clock.sleep(wait)
