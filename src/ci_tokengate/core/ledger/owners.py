"""Whose the files of a change are, as the policy declares it: for a repository that many pay for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

UNOWNED = ""
"""Stands for the files that no owner declares: they count as if none were declared at all."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """`paths` are globs from the repository's root: `*` stays within a folder, `**` passes folders."""

    repository: str
    paths: tuple[str, ...]
    cost_center: str

    def has(self, path: str) -> bool:
        return any(_pattern(glob).fullmatch(path) for glob in self.paths)


def weights(files: Iterable[str], owners: Sequence[Owner]) -> tuple[tuple[str, int], ...]:
    """How many of `files` are each cost center's; of owners that fit, the last declared counts."""
    if not owners:
        return ()
    found = Counter(_owner_of(path, owners) for path in files)
    return tuple(sorted(found.items()))


def owners_of(repository: str, owners: Iterable[Owner]) -> list[Owner]:
    """GitHub takes names in any case of letters."""
    return [owner for owner in owners if owner.repository.lower() == repository.lower()]


def _owner_of(path: str, owners: Sequence[Owner]) -> str:
    fitting = (owner.cost_center for owner in reversed(owners) if owner.has(path))
    return next(fitting, UNOWNED)


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    """A folder (`services/pay/`, or without its slash) means all below it."""
    bare = glob.removeprefix("./").strip("/")
    parts = (_part(part) for part in re.split(r"(\*\*/|\*\*|\*|\?)", bare))
    return re.compile("".join(parts) + ("" if glob.endswith("**") else r"(?:/.*)?"))


def _part(text: str) -> str:
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return wild.get(text) or re.escape(text)
