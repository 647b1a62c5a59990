"""The collector of reference cycles, kept from looking through what has none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = 100_000
"""Objects made and not freed: a page of log rows is seven thousand, which counting frees."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Rows by the hundred thousand and not a cycle among them: a third of the time would be looking on.

    It still comes by now and then, so that what cycles there are (a request leaves some) do not add up.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_SELDOM, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
