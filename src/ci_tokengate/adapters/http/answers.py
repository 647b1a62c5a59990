"""Whole answers, and JSON with exact numbers (DESIGN D12)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

import httpx

from ci_tokengate.core.redact import redact


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A whole answer. What nobody reads of it is never parsed: a page of log rows is megabytes."""

    status: int
    raw: bytes = field(repr=False)
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def text(self) -> str:
        return self.raw.decode("utf-8", "replace")

    @cached_property
    def body(self) -> Any:
        """The parsed JSON with Decimal for fractions, None if it is none."""
        try:
            return loads(self.text)
        except (ValueError, RecursionError):
            return None

    @property
    def date(self) -> datetime | None:
        """When the server says that it answered (UTC): its clock, not ours."""
        try:
            moment = parsedate_to_datetime(self.headers.get("date", ""))
        except (ValueError, TypeError, IndexError):
            return None
        return moment.astimezone(timezone.utc) if moment.tzinfo else None

    @property
    def is_html(self) -> bool:
        return "html" in self.content_type or self.raw.lstrip()[:1] == b"<"


def loads(text: str | bytes) -> Any:
    """JSON with Decimal for fractions (DESIGN D12).

    Python's parser admits NaN and infinities; they stay Decimals, and the bodies' models refuse
    them where a number is read.
    """
    return json.loads(text, parse_float=Decimal, parse_constant=Decimal)


def dumps(body: Any) -> bytes:
    """JSON; a Decimal is written as the number it is."""
    return json.dumps(body, default=_number, allow_nan=False).encode()


def answer_of(response: httpx.Response, raw: bytes, secrets: Iterable[str]) -> Answer:
    """A refusal may quote what was sent: our credentials are taken out before anybody reads it."""
    if response.status_code >= 400:
        raw = redact(raw.decode("utf-8", "replace"), secrets).encode()
    return Answer(
        status=response.status_code,
        raw=raw,
        content_type=response.headers.get("content-type", ""),
        headers={k.lower(): v for k, v in response.headers.items()},
    )


def _number(value: object) -> float:
    if isinstance(value, Decimal) and math.isfinite(value):
        return float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
