"""What a project's own files say that a command runs: package.json, Makefile, justfile, Taskfile."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ci_tokengate.scan.flows.shell.reach import Reach
from ci_tokengate.scan.flows.shell.recipes import rules_of, tasks_of
from ci_tokengate.scan.flows.shell.started import value_of

_MANAGERS = frozenset({"npm", "pnpm", "yarn", "bun"})
_RUN = ("run", "run-script")
_WITHOUT_RUN = ("test", "start", "stop", "restart")
_OWN = (
    "install",
    "add",
    "ci",
    "i",
    "exec",
    "dlx",
    "x",
    "publish",
    "audit",
    "init",
    "create",
    "remove",
    "up",
    "pm",
)
_FOLDERS = ("--prefix", "-C", "--dir", "--cwd")
_RECIPES = {
    "make": ("Makefile", "makefile", "GNUmakefile"),
    "gmake": ("GNUmakefile", "Makefile", "makefile"),
    "just": ("justfile", "Justfile", ".justfile"),
}
_MOST_TARGETS = 20


def recipes(reach: Reach, name: str, args: Sequence[str]) -> Iterator[str]:
    """The scripts of package.json, targets of a Makefile and the like that a command runs."""
    if name in _MANAGERS:
        yield from _package(reach, name, args)
    elif name in _RECIPES:
        yield from _make(reach, args, _RECIPES[name])
    elif name in ("task", "go-task"):
        yield from _task(reach, args)


def _package(reach: Reach, manager: str, args: Sequence[str]) -> Iterator[str]:
    folder = value_of(args, _FOLDERS)
    words = [a for a in args if not a.startswith("-") and a != folder]
    if len(words) > 1 and words[0] in _RUN:
        name = words[1]
    elif (words and words[0] in _WITHOUT_RUN) or (
        words and manager != "npm" and words[0] not in _OWN
    ):
        name = words[0]
    else:
        return
    text = (reach.into(folder) if folder else reach).text("package.json") or "{}"
    try:
        scripts = json.loads(text).get("scripts")
    except (ValueError, RecursionError, AttributeError):
        return
    for key in (f"pre{name}", name, f"post{name}") if isinstance(scripts, dict) else ():
        found = scripts.get(key)
        if isinstance(found, str):
            yield found


def _task(reach: Reach, args: Sequence[str]) -> Iterator[str]:
    names = ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "Taskfile.dist.yml")
    text = next((t for name in names if (t := reach.text(name)) is not None), "")
    wanted = [a for a in args if not a.startswith("-") and "=" not in a] or ["default"]
    yield from tasks_of(text, wanted[:_MOST_TARGETS])


def _make(reach: Reach, args: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    folder = next((args[n + 1] for n, a in enumerate(args[:-1]) if a in ("-C", "--directory")), "")
    within = reach.into(folder) if folder else reach
    text = next((t for name in names if (t := within.text(name)) is not None), None)
    if text is None:
        return
    rules = rules_of(text)
    wanted = [a for a in args if not a.startswith("-") and "=" not in a and a != folder]
    queue = wanted or list(rules)[:1]
    for nth, target in enumerate(queue):
        needs, recipe = rules.get(target, ((), ""))
        queue += [n for n in needs if n not in queue][: max(0, _MOST_TARGETS - nth)]
        if recipe:
            yield recipe
