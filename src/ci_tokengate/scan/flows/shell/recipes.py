"""The recipes of a Makefile, and the tasks of a Taskfile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq, Unreadable, parse

_RULE = re.compile(r"^([^\s#:=][^#:=]*)::?(?!=)([^#;\n]*)$")


def tasks_of(text: str, names: Sequence[str]) -> Iterator[str]:
    """The commands of these tasks of a Taskfile.yml, each task's as a script."""
    try:
        root = parse(text)
    except Unreadable:
        return
    tasks = root.get("tasks") if isinstance(root, Map) else None
    if isinstance(tasks, Map):
        for name in names:
            yield "\n".join(_commands(tasks.get(name)))


def _commands(task: Node | None) -> Iterator[str]:
    """The commands of a task of Taskfile.yml."""
    if isinstance(task, Scalar):
        yield task.text
    elif isinstance(task, Seq):
        for item in task.items:
            yield from _commands(item)
    elif isinstance(task, Map):
        for key in ("cmds", "cmd"):
            yield from _commands(task.get(key))


def rules_of(text: str) -> dict[str, tuple[tuple[str, ...], str]]:
    """Target → what it needs, and its recipe as a script."""
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    names: list[str] = []
    for line in text.split("\n"):
        if line.startswith(("\t", "  ")):
            for name in names:
                needs, recipe = found[name]
                found[name] = (needs, f"{recipe}{line.strip().lstrip('@-+').replace('$$', '$')}\n")
        elif match := _RULE.match(line):
            names = match[1].split()
            for name in names:
                needs, recipe = found.get(name, ((), ""))
                found[name] = ((*needs, *match[2].split()), recipe)
    found.pop(".PHONY", None)
    return found
