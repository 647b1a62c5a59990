"""The files of the repository that a command runs: a script, a script of package.json, a target of a Makefile."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ci_tokengate.scan.flows.shell.recipes import rules_of, tasks_of
from ci_tokengate.scan.flows.shell.started import Started, value_of
from ci_tokengate.scan.flows.values import is_unknown

_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "source", "."})
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
_ROOTS = ("$GITHUB_WORKSPACE/", "${GITHUB_WORKSPACE}/")
_RECIPES = {
    "make": ("Makefile", "makefile", "GNUmakefile"),
    "gmake": ("GNUmakefile", "Makefile", "makefile"),
    "just": ("justfile", "Justfile", ".justfile"),
}
INTERPRETERS = ("python", "node", "bun", "deno", "tsx", "ts-node", "zx", "ruby", "perl", "php")
_CODE = (".py", ".js", ".mjs", ".cjs", ".ts", ".mts")
_LARGEST = 200_000
_MOST_TARGETS = 20
_OTHERS = re.compile(r"#!.*\b(?:python|node|ruby|perl|php|deno|pwsh)")


@dataclass(frozen=True, kw_only=True)
class Reach:
    """read: a file's text by its path from the repository's root, None if there is none. folder: where commands run.

    written: what the job's scripts have written so far, by the path as they name it.
    """

    read: Callable[[str], str | None]
    folder: str = ""
    written: dict[str, str] = field(default_factory=dict)

    def write(self, path: str, text: str) -> None:
        """Puts a text at the end of a file."""
        path = self._named(path)
        so_far = self.written.get(path, "")
        if len(so_far) + len(text) < _LARGEST:
            self.written[path] = f"{so_far}{text}\n"

    def copy(self, path: str, to: str) -> None:
        """`cp .env.example .env`"""
        if (text := self.text(path)) is not None:
            if to.endswith(("/", ".")):
                to = posixpath.join(to, posixpath.basename(path))
            self.written[self._named(to)] = text

    def _named(self, path: str) -> str:
        return (
            path
            if path[:1] in ("/", "~", "$")
            else posixpath.normpath(posixpath.join(self.folder, path))
        )

    def into(self, folder: str) -> Reach:
        folder = re.sub(r"^\$\{?(?:GITHUB_WORKSPACE|\{\s*github\.workspace\s*\})\}?/?", "/", folder)
        if folder.startswith("/"):
            return replace(self, folder=folder.strip("/"))
        return replace(self, folder=posixpath.join(self.folder, folder))

    def texts(self, started: Started) -> Iterator[tuple[str, str]]:
        """What the command runs, as scripts, each with the path of its file; that of a recipe is empty."""
        args = started.args
        if started.name in _SHELLS:
            path = next((a for a in args if not a.startswith("-")), "")
        else:
            path = started.path if "/" in started.path else ""
        if path:
            text = self.text(path)
            if text is not None and not _OTHERS.match(text):
                yield self.path(path), text
            return
        for text in self._recipes(started.name, args):
            yield "", text

    def _recipes(self, name: str, args: Sequence[str]) -> Iterator[str]:
        if name in _MANAGERS:
            yield from self._package(name, args)
        elif name in _RECIPES:
            yield from self._make(args, _RECIPES[name])
        elif name in ("task", "go-task"):
            yield from self._task(args)

    def codes(self, started: Started) -> Iterator[str]:
        """What the command runs, as Python or JavaScript."""
        if started.name.startswith(INTERPRETERS):
            path = next((a for a in started.args if not a.startswith("-") and a != "run"), "")
        else:
            path = started.path if "/" in started.path else ""
        text = self.text(path) if path else None
        if text is not None and (path.endswith(_CODE) or _OTHERS.match(text)):
            yield text

    def text(self, path: str) -> str | None:
        """A file of the repository, or one that a script has written, as a command names it."""
        if self.written and (text := self.written.get(self._named(path))) is not None:
            return text
        path = self.path(path)
        if path.startswith(("..", "/")) or "$" in path:
            return None
        if self.written and (text := self.written.get(path)) is not None:
            return text
        text = self.read(path)
        return text if text is not None and len(text) < _LARGEST else None

    def path(self, path: str) -> str:
        """From the repository's root, where it is in the repository."""
        root = next((r for r in _ROOTS if path.startswith(r)), "")
        if is_unknown(path[:1]) and path[1:2] == "/":
            root = path[:2]  # `${{ github.workspace }}/`, most likely
        folder = "" if root else self.folder
        return posixpath.normpath(posixpath.join(folder, path[len(root) :]))

    def _package(self, manager: str, args: Sequence[str]) -> Iterator[str]:
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
        text = (self.into(folder) if folder else self).text("package.json") or "{}"
        try:
            scripts = json.loads(text).get("scripts")
        except (ValueError, RecursionError, AttributeError):
            return
        for key in (f"pre{name}", name, f"post{name}") if isinstance(scripts, dict) else ():
            found = scripts.get(key)
            if isinstance(found, str):
                yield found

    def _task(self, args: Sequence[str]) -> Iterator[str]:
        names = ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "Taskfile.dist.yml")
        text = next((t for name in names if (t := self.text(name)) is not None), "")
        wanted = [a for a in args if not a.startswith("-") and "=" not in a] or ["default"]
        yield from tasks_of(text, wanted[:_MOST_TARGETS])

    def _make(self, args: Sequence[str], names: Sequence[str]) -> Iterator[str]:
        folder = next(
            (args[n + 1] for n, a in enumerate(args[:-1]) if a in ("-C", "--directory")), ""
        )
        within = self.into(folder) if folder else self
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
