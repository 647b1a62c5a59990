"""A webhook of anybody's, told by POST with a signature, so that it can know who tells it, and when.

The signature is HMAC-SHA256, by the shared secret, of `TIME.BODY`: the seconds in the header, a point,
and the body as it was sent. docs/watch.md says how a receiver checks it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ci_tokengate.adapters.http import Deadline, JsonClient
from ci_tokengate.adapters.http.answers import dumps
from ci_tokengate.core.postings import Posted, PostedAs
from ci_tokengate.errors import UndecidedError, UsageError
from ci_tokengate.ports import Clock

_NAME = "The webhook"
_LOCAL = ("127.0.0.1", "localhost", "::1")
SIGNATURE, DELIVERY = "X-Tokengate-Signature", "X-Tokengate-Delivery"
SHORTEST = 16
"""Characters of a secret."""


class SignedWebhook:
    """Implements ports.Channel. A message carries its `id`. Raises UsageError for a bad address or secret."""

    def __init__(self, url: str, secret: str, *, deadline: Deadline, clock: Clock) -> None:
        parts = urlsplit(url.strip())
        local = parts.hostname in _LOCAL and parts.scheme == "http"
        if not ((parts.scheme == "https" or local) and parts.hostname):
            raise UsageError(
                "The address of the webhook is none.",
                hint="Set TOKENGATE_WEBHOOK_URL to an address that begins with https://.",
            )
        if len(secret.strip()) < SHORTEST:
            raise UsageError(
                f"The webhook's secret is missing, or shorter than {SHORTEST} characters.",
                hint="Set TOKENGATE_WEBHOOK_SECRET, to what the receiver has: openssl rand -hex 32",
            )
        self._path = parts.path + (f"?{parts.query}" if parts.query else "")
        self._secret, self._clock = secret.strip().encode(), clock
        base = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._http = JsonClient(base, name=_NAME, headers={}, deadline=deadline)

    def post(self, message: Mapping[str, Any]) -> Posted:
        """Repeated where the answer was lost: the receiver knows it by its id."""
        seconds = int(self._clock.now().timestamp())
        signed = {
            SIGNATURE: f"t={seconds},v1={signature(self._secret, seconds, dumps(message))}",
            DELIVERY: str(message["id"]),
        }
        answer = self._http.call("POST", self._path, body=message, headers=signed, repeatable=True)
        if 200 <= answer.status < 300:
            return Posted(change=PostedAs.SENT)
        if answer.status == 429 or answer.status >= 500:
            raise UndecidedError(
                f"The webhook did not take the alert now (HTTP {answer.status}).",
                hint="It is told again by the next run.",
            )
        raise UsageError(
            f"The webhook refused the alert (HTTP {answer.status}).",
            hint="Is the address right, and is the secret the receiver's? Redirects are not followed.",
        )


def signature(secret: bytes, seconds: int, body: bytes) -> str:
    return hmac.new(secret, b"%d.%b" % (seconds, body), hashlib.sha256).hexdigest()
