"""The files of the repository that a command runs, and those that scripts have written."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from ci_tokengate.scan.flows.shell.started import Started
from ci_tokengate.scan.flows.values import is_unknown

_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "source", "."})
_ROOTS = ("$GITHUB_WORKSPACE/", "${GITHUB_WORKSPACE}/")
INTERPRETERS = ("python", "node", "bun", "deno", "tsx", "ts-node", "zx", "ruby", "perl", "php")
_CODE = (".py", ".js", ".mjs", ".cjs", ".ts", ".mts")
_LARGEST = 200_000
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
        """What the command runs, as a script, with the path of its file."""
        args = started.args
        if started.name in _SHELLS:
            path = next((a for a in args if not a.startswith("-")), "")
        else:
            path = started.path if "/" in started.path else ""
        if path:
            text = self.text(path)
            if text is not None and not _OTHERS.match(text):
                yield self.path(path), text

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
