"""What a new key may do more than was asked for, by the proxy's own word; such a key is ended, and given to nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NoReturn

from ci_tokengate.core.money import plain
from ci_tokengate.errors import TokengateError, UsageError
from ci_tokengate.ports import LostAnswer

_LATER = timedelta(minutes=1)
"""By which an end may be rounded up."""
TO_END = 8.0
"""Seconds that ending a key has at least."""


def looseness(
    *,
    cap: Decimal | None,
    asked: Decimal,
    renewed: bool,
    ends: datetime | None,
    latest: datetime,
    noun: str = "cap",
) -> Iterator[str]:
    """`noun` is what the proxy calls a cap; `latest` (UTC) is the end that was asked for."""
    if cap is None:
        yield f"no {noun}"
    elif cap > asked:
        yield f"a {noun} of {plain(cap)} instead of {plain(asked)}"
    if renewed:
        yield f"a {noun} that is renewed"
    if ends is None:
        yield "no end"
    elif ends > latest + _LATER:
        yield f"its end at {ends:%Y-%m-%dT%H:%M:%SZ} instead of {latest:%Y-%m-%dT%H:%M:%SZ}"


def refuse(product: str, loose: str, hint: str, end: Callable[[], object]) -> NoReturn:
    """Raises UsageError once `end` has ended it, and LostAnswer where that failed."""
    try:
        end()
    except TokengateError as trouble:
        raise LostAnswer(
            f"a key that has {loose}, and ending it failed: {trouble.message}"
        ) from None
    raise UsageError(f"{product} minted a key that has {loose}; it was ended at once.", hint=hint)
