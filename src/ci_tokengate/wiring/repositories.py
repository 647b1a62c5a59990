"""How files of a repository are read and listed, by their paths from its root."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ci_tokengate.adapters.git import raw, tree
from ci_tokengate.adapters.git.command import root_of
from ci_tokengate.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A root, and how other files of it are read."""

    root: str
    read: Callable[[str], bytes | None]


def repository(path: str = ".") -> Repository:
    """Raises UsageError outside of a repository."""
    root = root_of(path)
    if root is None:
        raise UsageError(
            "This is no git repository.", hint="Scan paths instead: ci-tokengate scan FOLDER."
        )
    return Repository(root=root, read=reader_of(root))


def reader_of(root: str) -> Callable[[str], bytes | None]:
    """Reads a file below the root; None for what is not there or leads elsewhere."""

    def read(path: str) -> bytes | None:
        if os.path.isabs(path) or ".." in path.split("/"):
            return None
        data = raw.read_raw(os.path.join(root, path))
        return None if isinstance(data, str) else data

    return read


def names_of(root: str) -> Callable[[str], Sequence[str]]:
    """Lists the files below a folder; none of one that leads elsewhere."""

    def names(folder: str) -> Sequence[str]:
        if os.path.isabs(folder) or ".." in folder.split("/"):
            return ()
        below = os.path.join(root, folder)
        return [f"{folder}/{name}" if folder else name for name in tree.below(below)]

    return names
