"""One HTTP client for all adapters: a total deadline, bounded bodies, exact numbers, no redirects.

It never raises httpx's exceptions, never repeats what is not safe to repeat, and never sends a
credential to another host, because it follows no redirect at all.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import httpx

from ci_tokengate.adapters.http import pauses
from ci_tokengate.adapters.http.answers import Answer, answer_of, dumps
from ci_tokengate.adapters.http.deadline import Deadline
from ci_tokengate.adapters.http.line import Line
from ci_tokengate.errors import ProxyUnavailableError, UsageError

MAX_BODY = 32 * 1024 * 1024
PER_CALL = 10.0
_ATTEMPTS = 3
_RETRIED = frozenset({429, 502, 503, 504})
_SECRET = frozenset({"x-portkey-api-key", "x-api-key", "x-goog-api-key"})
"""Headers that carry a key as they are."""


class NeverSentError(ProxyUnavailableError):
    """No connection: the request did not reach the server."""


class NoAnswerError(ProxyUnavailableError):
    """The request was sent and no whole answer came: it may have taken effect."""


class JsonClient:
    """Calls one server with one credential. `name` is the server as people know it."""

    def __init__(
        self, base_url: str, *, name: str, headers: Mapping[str, str], deadline: Deadline
    ) -> None:
        self.base_url = base_url
        self.name = name
        self.deadline = deadline
        self._secrets = _credentials(headers)
        self._line = Line()
        # Loading the CA bundle costs 40 ms and is of no use to plain HTTP: no redirect is followed.
        try:
            self._http = httpx.Client(
                headers=dict(headers),
                follow_redirects=False,
                verify=base_url.startswith("https:"),
            )
        except (OSError, ValueError, ImportError) as error:
            raise UsageError(
                f"This machine's settings for HTTP cannot be used ({type(error).__name__}).",
                hint="See HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR.",
            ) from error
        weakref.finalize(self, self._http.close)

    @contextmanager
    def at_least(self, seconds: float) -> Iterator[None]:
        """The block's calls have this time, even where the command's is over: to end what was begun."""
        usual = self.deadline
        self.deadline = usual.at_least(seconds)
        try:
            yield
        finally:
            self.deadline = usual

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
        patience: float = PER_CALL,
    ) -> Answer:
        """One exchange; repeated on 429, 502-504 and broken connections where that is safe.

        Raises NeverSentError, NoAnswerError or DeadlineError; an HTTP status is no error here.
        """
        safe = method == "GET" if repeatable is None else repeatable
        attempt = 0
        while True:
            attempt += 1
            last = attempt == _ATTEMPTS or not safe
            try:
                answer = self._once(method, path, params, body, headers, patience)
            except (NeverSentError, NoAnswerError):
                if last:
                    raise
                self._pause(pauses.backoff(attempt))
                continue
            if answer.status not in _RETRIED or last:
                return answer
            pause = pauses.asked(answer.headers.get("retry-after", ""))
            if pause is not None and pause >= self.deadline.remaining():
                return answer
            self._pause(pauses.backoff(attempt) if pause is None else pause)

    def _once(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        patience: float,
    ) -> Answer:
        doing = f"waiting for {self.name}"
        left = self.deadline.check(doing)
        timeout = httpx.Timeout(min(left, patience), connect=min(left, patience / 2))
        try:
            with (
                self._line.cut_after(min(left, 2 * patience)),
                self._http.stream(
                    method,
                    self.base_url + path,
                    params=dict(params) if params else None,
                    content=None if body is None else dumps(body),
                    headers={"content-type": "application/json", **(headers or {})},
                    timeout=timeout,
                    extensions={"trace": self._line.trace},
                ) as response,
            ):
                secrets = [*self._secrets, *_credentials(headers or {})]
                return answer_of(response, self._read(response, doing), secrets)
        except (httpx.ConnectError, httpx.ConnectTimeout, UnicodeError) as error:
            raise NeverSentError(
                f"{self.name} cannot be reached ({_cause(error)}).",
                hint=f"Is {self.base_url} right, is it up, and may this machine reach it?",
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswerError(
                f"{self.name} broke off without a whole answer ({_cause(error)}).",
                hint="Try again; if it stays so, ask whoever runs it.",
            ) from error

    def _read(self, response: httpx.Response, doing: str) -> bytes:
        """The body, within the deadline however slowly it drips, and within MAX_BODY."""
        parts, size = [], 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            self.deadline.check(doing)
            if size > MAX_BODY:
                _too_large(self.name)
        return b"".join(parts)

    def _pause(self, seconds: float) -> None:
        """Within the deadline, with a moment left for another try."""
        self.deadline.check(f"waiting for {self.name}")
        time.sleep(min(seconds, max(self.deadline.remaining() - 0.1, 0)))


def _credentials(headers: Mapping[str, str]) -> list[str]:
    bearer = [headers["authorization"].partition(" ")[2]] if "authorization" in headers else []
    return [*bearer, *(value for name, value in headers.items() if name in _SECRET)]


def _too_large(name: str) -> NoReturn:
    raise ProxyUnavailableError(
        f"{name} sent more than {MAX_BODY // 2**20} MiB in one answer.",
        hint="That is no answer of a LiteLLM proxy; check the address.",
    )


def _cause(error: Exception) -> str:
    """A short reason without addresses: the class's words, or the operating system's.

    What was not sent because it is no HTTP would be quoted, a credential too.
    """
    if isinstance(error, httpx.TimeoutException):
        return "timed out"
    if isinstance(error, httpx.LocalProtocolError):
        return "a header that is no HTTP"
    text = str(error).split("]")[-1].strip() or type(error).__name__
    return text[:120]
