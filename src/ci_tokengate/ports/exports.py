"""Where exports go, as commands see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO, Protocol, TypeAlias

from ci_tokengate.render.focus.columns import FocusRow, FocusVersion

Fill: TypeAlias = Callable[[BinaryIO], None]
RowWriter: TypeAlias = Callable[[Iterable[FocusRow], FocusVersion, BinaryIO], None]
"""Writes rows as they come: its memory does not grow with their number."""


class Destination(Protocol):
    """A folder, or what an URL names like one."""

    def replace(self, name: str, fill: Fill) -> str:
        """Has `fill` write the file of this relative name, and says where it is.

        Who reads sees the old file or the new one, never a part: also where `fill` raises, or the
        process is killed. Raises UsageError (no such place, no right, a package is missing) and
        UndecidedError (the place does not answer, or is full).
        """
        ...
