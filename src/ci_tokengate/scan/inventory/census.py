"""The inventory of an organisation. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ci_tokengate.scan.inventory.model import Inventory


@dataclass(frozen=True, kw_only=True)
class Hosted:
    """A repository at the code host. `branch` is its default one."""

    name: str
    branch: str
    archived: bool = False
    fork: bool = False


@dataclass(frozen=True, kw_only=True)
class Blob:
    sha: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Tree:
    """Path → blob of every regular file. `truncated`: the code host told only a part."""

    blobs: Mapping[str, Blob]
    truncated: bool = False


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One repository. unread: why its inventory is not whole. note: what was left out of it on purpose."""

    name: str
    inventory: Inventory
    unread: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Census:
    """archived and forks: how many were left out. unlisted: why there may be more repositories than these."""

    organisation: str
    repositories: tuple[Counted, ...] = ()
    archived: int = 0
    forks: int = 0
    unlisted: str = ""
    code: bool = True

    @property
    def whole(self) -> Inventory:
        return Inventory(calls=tuple(c for one in self.repositories for c in one.inventory.calls))

    @property
    def partial(self) -> bool:
        return bool(self.unlisted) or any(one.unread for one in self.repositories)
