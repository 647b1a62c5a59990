"""The proxy's ways of saying no. There are four envelopes; which one comes is part of the contract."""

from __future__ import annotations

from typing import Any

PREMIUM = (
    "You must be a LiteLLM Enterprise user to use this feature. If you have a license please set `LITELLM_LICENSE` in "
    "your env. Get a 7 day trial key here: https://www.litellm.ai/enterprise#trial. "
)
PRICING = "Pricing: https://www.litellm.ai/#pricing"


class Refusal(Exception):  # noqa: N818 (an answer, not a fault)
    """Ends a request with this status and body. `error_class` is what the log row of a refused call says."""

    def __init__(self, status: int, body: Any, *, error_class: str = "ProxyException") -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.error_class = error_class

    @property
    def message(self) -> str:
        error = self.body.get("error", {})
        return str(error.get("message", "")) if isinstance(error, dict) else ""


def error(
    status: int,
    message: str,
    kind: str = "internal_server_error",
    param: str | None = None,
    error_class: str = "ProxyException",
) -> Refusal:
    """Most errors. `code` is a string."""
    body = {"error": {"message": message, "type": kind, "param": param, "code": str(status)}}
    return Refusal(status, body, error_class=error_class)


def wrapped(status: int, message: str, kind: str = "internal_server_error") -> Refusal:
    """The same, with a Python dict as its message."""
    return error(status, str({"error": message}), kind)


def detail(status: int, what: Any) -> Refusal:
    """A route that is not for this key, and a few others."""
    return Refusal(status, {"detail": what})


def invalid(kind: str, loc: tuple[str, ...], message: str) -> Refusal:
    """A request that does not validate."""
    return Refusal(422, {"detail": [{"type": kind, "loc": list(loc), "msg": message}]})


def anthropic_error(status: int, kind: str, message: str, error_class: str) -> Refusal:
    """`/v1/messages`, for errors after authentication only."""
    body = {"type": "error", "error": {"type": kind, "message": message}}
    return Refusal(status, body, error_class=error_class)


def no_database() -> Refusal:
    message = (
        "Service Unavailable, the authentication database is temporarily unreachable. "
        "Please retry shortly."
    )
    return error(503, message, "no_db_connection", "None")
