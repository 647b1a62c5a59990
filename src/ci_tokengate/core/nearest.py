"""What somebody probably meant to write."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that `name` was probably meant to be, if one is near."""
    return next(iter(difflib.get_close_matches(name, known, n=1)), None)
