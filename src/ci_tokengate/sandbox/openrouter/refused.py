"""A refusal, in OpenRouter's envelope."""

from __future__ import annotations

from typing import Any


class Refused(Exception):  # noqa: N818 - an answer, not an error
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: Any = {"error": {"code": status, "message": message}}
