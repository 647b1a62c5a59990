"""Which files of a big tree are judged by one process: composite actions, and the workflows that call them; pipelines.

Whether an action's agent is behind a gate is seen where the action is used; what a part of a pipeline does, where it
is included.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ci_tokengate.scan.flows.files import Kind, kind_of

_ACTIONS = ("action.yml", "action.yaml")
_PIPELINES = (".yml", ".yaml", ".groovy")
_KINDS = (Kind.GITLAB, Kind.CIRCLECI, Kind.AZURE, Kind.PIPELINE, Kind.JENKINS)
_WORKFLOWS = ".github/workflows/"
_LOCAL = re.compile(rb"""uses["']?\s*:\s*["']?\./""")


def may_be_together(path: str) -> bool:
    """By its name; `flows_together` has to see all of these at once."""
    return (
        _WORKFLOWS in path
        or path.rpartition("/")[2].lower() in _ACTIONS
        or (path.lower().endswith(_PIPELINES) and _is_pipeline(path))
        or "jenkinsfile" in path.lower()
    )


def flows_together(paths: Sequence[str], read: Callable[[str], bytes | None]) -> frozenset[str]:
    """Workflows know those that they call by reading them."""
    pipelines = [path for path in paths if _is_pipeline(path)]
    actions = [path for path in paths if path.rpartition("/")[2].lower() in _ACTIONS]
    if not actions:
        return frozenset(pipelines)
    workflows = (path for path in paths if _WORKFLOWS in path)
    callers = (path for path in workflows if _LOCAL.search(read(path) or b""))
    return frozenset([*actions, *callers, *pipelines])


def _is_pipeline(path: str) -> bool:
    return path.endswith(".groovy") or kind_of(path) in _KINDS
