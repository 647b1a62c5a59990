"""Processes that begin at the same moment: forks of one, so that none of them imports anything first."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable


def together(count: int, work: Callable[[int], object]) -> bool:
    """Whether `work`, with the number of each, failed in none of them."""
    children = []
    for number in range(count):
        pid = os.fork()
        if pid == 0:
            try:
                work(number)
            except BaseException:  # noqa: BLE001 - a child of a fork must not go on as its parent
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        children.append(pid)
    return {os.waitpid(pid, 0)[1] for pid in children} == {0}
