"""Portkey's listings, page by page. How many it puts on one at most is documented nowhere (50 and 100 are usual)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import TypeVar

T = TypeVar("T")
_A_PAGE = 100
Page = Callable[[Mapping[str, str]], tuple[Sequence[T], int | None]]
"""Asks for a page with these parameters: its things, and how many there are in all, where that is told."""


def every(page: Page[T], name: Callable[[T], str]) -> Iterator[T]:
    """Each thing once, though it moves between pages. A page that adds nothing is the last, and so is
    one that is not full with which all are there."""
    seen: set[str] = set()
    for number in count():
        found, total = page({"page_size": str(_A_PAGE), "current_page": str(number)})
        new = {name(one): one for one in found if name(one) not in seen}
        yield from new.values()
        seen |= set(new)
        if not new or (total is not None and len(seen) >= total and len(found) < _A_PAGE):
            return
