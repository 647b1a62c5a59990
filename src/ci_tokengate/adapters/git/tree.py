"""The files of a tree, as git sees it: tracked, and untracked unless ignored. A plain folder works too."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass

from ci_tokengate.adapters.git.command import begin_git, root_of
from ci_tokengate.errors import UndecidedError, UsageError

_MOST_NAMES = 20_000
_UNOPENED = re.compile(rb"could not open directory '(.+?)(?:/': .*)?$", re.MULTILINE)
"""git cuts what it says where the path is very long."""
_QUOTED = re.compile(rb"'([^'\n]+)/'")
"""The same in another language."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Files below `root`, by their paths from there with `/`.

    `rest` waits for those that git does not track: it has to walk the folders, while the others are read.
    """

    root: str
    paths: list[str]
    rest: Callable[[], list[str]] = list


def list_files(path: str) -> Listed:
    """All of them. Raises UsageError for a path that is not there."""
    listed = begin_listing(path)()
    return Listed(root=listed.root, paths=[*listed.paths, *listed.rest()])


def begin_listing(path: str) -> Callable[[], Listed]:
    """As `list_files`, but git looks while its caller gets ready: to be called once, for the answer.

    Raises UsageError; `rest` raises UndecidedError.
    """
    if not os.path.lexists(path):
        raise UsageError(f"There is nothing at {path!r}.", hint="Give files or folders that exist.")
    folder = path if os.path.isdir(path) else os.path.dirname(path) or "."
    root = root_of(folder)
    if root is None:
        return lambda: _plain(path)
    inside = os.path.relpath(
        os.path.join(os.path.realpath(folder), "" if folder == path else os.path.basename(path)),
        root,
    )
    if folder != path:  # a file that is named is scanned, ignored or not
        return lambda: Listed(root=root, paths=[inside.replace(os.sep, "/")])
    # A tree of another user is read all the same, as in a container: ls-files runs nothing of it.
    safe = ("-c", f"safe.directory={root}")
    closed: list[str] = []
    tracked, others = (
        begin_git(root, *safe, "ls-files", "-z", *chosen, "--", inside, warned=warned)
        for chosen, warned in (
            (("--cached",), None),
            (("--others", "--exclude-standard"), lambda said: closed.extend(_unopened(said))),
        )
    )

    def rest() -> list[str]:
        told = others()
        if told is None:
            raise UndecidedError(
                f"git cannot list what it does not track below {path!r}.",
                hint="Does `git status` work there?",
            )
        return [*_names(told), *closed]

    def listed() -> Listed:
        told = tracked()
        return _plain(path) if told is None else Listed(root=root, paths=_names(told), rest=rest)

    return listed


def _unopened(complaints: bytes) -> list[str]:
    """The folders that git may not open. It leaves them out and ends well."""
    names = _UNOPENED.findall(complaints) or _QUOTED.findall(complaints)
    return [os.fsdecode(name) for name in names]


def _names(told: bytes) -> list[str]:
    """Each once: a file in conflict is in the index three times."""
    return list(dict.fromkeys(os.fsdecode(name) for name in told.split(b"\0") if name))


def _plain(path: str) -> Listed:
    """Every file below a folder that is in no repository."""
    if not os.path.isdir(path) or os.path.islink(path):
        return Listed(root=os.path.dirname(path) or ".", paths=[os.path.basename(path)])
    return Listed(root=path, paths=below(path, sys.maxsize))


def below(path: str, most: int = _MOST_NAMES) -> list[str]:
    """The files below a folder, links too, but not what git keeps; no more than so many.

    A folder that cannot be opened is told as a file is, which cannot be read either.
    """
    found: list[str] = []

    def closed(error: OSError) -> None:
        found.append(os.path.relpath(error.filename, path).replace(os.sep, "/"))

    for folder, names, files in os.walk(path, onerror=closed):
        names[:] = sorted(name for name in names if name != ".git")
        inside = os.path.relpath(folder, path)
        links = [name for name in names if os.path.islink(os.path.join(folder, name))]
        for name in sorted([*files, *links]):
            found.append(name if inside == "." else os.path.join(inside, name).replace(os.sep, "/"))
        if len(found) >= most:
            break
    return found[:most]
