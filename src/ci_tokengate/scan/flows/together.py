"""Which files of a big tree are judged by one process: composite actions, and the workflows that call them.

Whether an action's agent is behind a gate is seen where the action is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_ACTIONS = ("action.yml", "action.yaml")
_WORKFLOWS = ".github/workflows/"
_LOCAL = re.compile(rb"""uses["']?\s*:\s*["']?\./""")


def may_be_together(path: str) -> bool:
    """By its name; `flows_together` has to see all of these at once."""
    return _WORKFLOWS in path or path.rpartition("/")[2].lower() in _ACTIONS


def flows_together(paths: Sequence[str], read: Callable[[str], bytes | None]) -> frozenset[str]:
    """Empty where there is no action: workflows know those that they call by reading them."""
    actions = [path for path in paths if path.rpartition("/")[2].lower() in _ACTIONS]
    if not actions:
        return frozenset()
    workflows = (path for path in paths if _WORKFLOWS in path)
    callers = (path for path in workflows if _LOCAL.search(read(path) or b""))
    return frozenset([*actions, *callers])
