"""What can go wrong at GitHub, by order: which requests, how often, before or after they took effect.

    state.faults.plan("POST", r"/issues/\\d+/comments$", server_error(502, after=True))

Texts and headers as GitHub sends them. Source:
https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event, Lock
from typing import Any

_LIMITS = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"
_SECONDARY = (
    "https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api"
    "#about-secondary-rate-limits"
)
_SUPPORT = (
    "If you reach out to GitHub Support for help, please include the request ID "
    "0400:1A2B3C:4D5E6F:7A8B9C:65000000"
)
_UNICORN = b"<!DOCTYPE html>\n<html><head><title>Unicorn! &middot; GitHub</title></head><body></body></html>"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`status` None: the answer is as ever, only late; `drop`: none comes. `after`: it took effect."""

    status: int | None = None
    body: bytes = b""
    media: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    after: bool = False
    hold: Event | None = None
    delay: float = 0
    reset_in: timedelta | None = None
    """The primary limit is used up, for so long."""


class Faults:
    """The plan, first come first served."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._plan: list[tuple[str, re.Pattern[str], Fault, int]] = []

    def plan(self, method: str, path: str, fault: Fault, *, times: int = 1) -> None:
        """`method` may be `*`; `path` is a regular expression, searched in the path after the base."""
        with self._lock:
            self._plan.append((method.upper(), re.compile(path), fault, times))

    def take(self, method: str, path: str) -> Fault | None:
        with self._lock:
            for place, (how, where, fault, left) in enumerate(self._plan):
                if how in ("*", method) and where.search(path):
                    self._plan[place] = (how, where, fault, left - 1)
                    if left <= 1:
                        del self._plan[place]
                    return fault
        return None

    @property
    def left(self) -> int:
        """How many are still to come: a test that asserts 0 knows that its faults happened."""
        with self._lock:
            return sum(left for *_, left in self._plan)


def primary_limit(reset_in: timedelta = timedelta(hours=1)) -> Fault:
    said = f"API rate limit exceeded for installation ID 1234567. {_SUPPORT}."
    return replace(_said(403, said, _LIMITS), reset_in=reset_in)


def secondary_limit(retry_after: int | None = 60) -> Fault:
    """GitHub does not always say when to come back: `retry_after=None`. Seconds."""
    said = (
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
        f"{_SUPPORT}."
    )
    return replace(_said(403, said, _SECONDARY), headers=_after(retry_after))


def too_many_requests(retry_after: int | None = 60) -> Fault:
    said = f"API rate limit exceeded. {_SUPPORT}."
    return replace(_said(429, said, _LIMITS), headers=_after(retry_after))


def server_error(status: int = 502, *, after: bool = False) -> Fault:
    said = {500: "Server Error", 502: "Server Error", 503: "Service Unavailable"}
    body = json.dumps({"message": said.get(status, "Server Error")}).encode()
    return Fault(status=status, body=body, after=after)


def html_page(status: int = 502, *, after: bool = False) -> Fault:
    return Fault(status=status, body=_UNICORN, media="text/html; charset=utf-8", after=after)


def not_json(status: int = 200, *, after: bool = False) -> Fault:
    return Fault(status=status, body=b'{"id": 1, "bod', after=after)


def dropped(*, after: bool = False) -> Fault:
    """The connection ends without an answer."""
    return Fault(drop=True, after=after)


def held(until: Event, *, after: bool = False) -> Fault:
    """No answer before `until` is set."""
    return Fault(hold=until, after=after)


def delayed(seconds: float, *, after: bool = False) -> Fault:
    return Fault(delay=seconds, after=after)


def _said(status: int, message: str, documentation: str) -> Fault:
    said: dict[str, Any] = {"message": message, "documentation_url": documentation}
    return Fault(status=status, body=json.dumps(said | {"status": str(status)}).encode())


def _after(seconds: int | None) -> dict[str, str]:
    return {} if seconds is None else {"retry-after": str(seconds)}
