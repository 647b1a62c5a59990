"""Refusals, in the form that Portkey's clients were written for: the admin API's codes are its documentation's."""

from __future__ import annotations

from typing import Any

_CODES = {
    400: ("AB01", "Invalid request. Please check and try again."),
    401: ("AB05", "Unauthorized access"),
    402: ("AB09", "Subscription exhausted"),
    403: ("AB03", "User not allowed to access the resource"),
    404: ("AB08", "Resource not found"),
    409: ("AB07", "Resource already exists"),
    429: ("AB06", "Rate limit exceeded"),
    500: ("AB04", "Internal Server Error"),
}


class Refused(Exception):  # noqa: N818 - an answer, not an error
    def __init__(self, status: int, body: Any) -> None:
        super().__init__(str(status))
        self.status, self.body = status, body


def refused(status: int, message: str = "") -> Refused:
    """Of the admin API."""
    code, usual = _CODES[status]
    data = {"message": message or usual, "errorCode": code}
    return Refused(status, {"success": False, "data": data})


def denied(status: int, kind: str, message: str) -> Refused:
    """Of the gateway."""
    return Refused(status, {"error": {"message": f"Portkey Error: {message}", "type": kind}})
