"""Where a proxy is, and how tools get in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Site:
    """`kind` chooses the adapter; `url` is the bare address, which names the proxy everywhere.

    control_url: where it is managed, if not there; it may have a path. provider: whom it calls for models that do
    not name their provider.
    """

    kind: str
    url: str
    control_url: str = ""
    provider: str = ""


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """`root` is the address that tools append `/v1` to, or nothing.

    headers: what they send besides, none of it secret. key_header: one more, which carries the key itself.
    """

    root: str
    headers: Mapping[str, str] = field(default_factory=dict)
    key_header: str = ""
