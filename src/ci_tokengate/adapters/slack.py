"""A Slack incoming webhook. Its address is the secret: it is never printed.

Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ci_tokengate.adapters.http import Answer, Deadline, JsonClient, pauses
from ci_tokengate.core.postings import Posted, PostedAs
from ci_tokengate.errors import UndecidedError, UsageError
from ci_tokengate.ports import Clock

_NAME = "Slack"
_ENDED = {403, 404, 410}
"""The webhook was revoked, or its channel is gone."""
_LOCAL = ("127.0.0.1", "localhost", "::1")


class SlackWebhook:
    """Implements ports.Channel. `what` is told, and `later` says what becomes of it if not now.

    Raises UsageError for what is no address of a webhook.
    """

    def __init__(
        self,
        url: str,
        *,
        deadline: Deadline,
        clock: Clock,
        what: str = "report",
        later: str = "The next report will come through.",
    ) -> None:
        parts = urlsplit(url.strip())
        local = parts.hostname in _LOCAL and parts.scheme == "http"
        if not ((parts.scheme == "https" or local) and parts.hostname and parts.path.strip("/")):
            raise UsageError(
                "The address of the Slack webhook is none.",
                hint="Set TOKENGATE_SLACK_WEBHOOK to https://hooks.slack.com/services/…",
            )
        self._path = parts.path + (f"?{parts.query}" if parts.query else "")
        base = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._clock, self._deadline = clock, deadline
        self._what, self._later = what, later
        self._http = JsonClient(base, name=_NAME, headers={}, deadline=deadline)

    def post(self, message: Mapping[str, Any]) -> Posted:
        answer = self._http.call("POST", self._path, body=message)
        if answer.status == 429:
            answer = self._again(answer, message)
        if answer.status == 200:
            return Posted(change=PostedAs.SENT)
        said = " ".join(answer.text.split())[:80] if not answer.is_html else "a page"
        if answer.status in _ENDED:
            raise UsageError(
                f"Slack refused the webhook (HTTP {answer.status}: {said}).",
                hint="It was revoked, or its channel was archived: make another one.",
            )
        if answer.status == 429 or answer.status >= 500:
            raise UndecidedError(
                f"Slack did not take the {self._what} now (HTTP {answer.status}).",
                hint=self._later,
            )
        raise UsageError(
            f"Slack refused the {self._what} (HTTP {answer.status}: {said}).",
            hint="Is the address that of an incoming webhook?",
        )

    def _again(self, refused: Answer, message: Mapping[str, Any]) -> Answer:
        """Once: what a limit refused was not posted."""
        wait = pauses.asked(refused.headers.get("retry-after", ""))
        if wait is None or wait > self._deadline.remaining() - 1:
            return refused
        self._clock.sleep(wait)
        return self._http.call("POST", self._path, body=message)
