"""`init`: the files that this repository needs, and the agents that it runs already."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ci_tokengate.core.agents import agents_in
from ci_tokengate.core.setup import Change, Setup
from ci_tokengate.render.setup import ACTION, files_of

_OURS = ACTION.partition("@")[0].partition("/")[2]


def changes_for(setup: Setup, read: Callable[[str], str | None]) -> list[Change]:
    """`read` gives the text of a path below the root, None where there is no file."""
    return [
        Change(path=path, before=read(path), after=text) for path, text in files_of(setup).items()
    ]


def agents_used(workflows: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Workflow → the agents in it; those behind the gate already are left out."""
    found = {path: agents_in(text) for path, text in workflows.items() if _OURS not in text}
    return {path: agents for path, agents in found.items() if agents}
