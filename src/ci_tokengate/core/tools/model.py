"""What a tool needs to reach the proxy, and what wiring it produces. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ci_tokengate.core.site import Entrance


@dataclass(frozen=True, kw_only=True)
class Access:
    """A job key and where it is good for.

    root: the proxy's bare address, `https://llm.acme.example`: no `/v1`, no slash at its end.
    key: the job key.
    models: names at the proxy, in the policy's order; the first is the use case's default.
    folder: absolute path of a private folder outside the workspace, for config files.
    headers, key_header: what the proxy wants besides, as in core.site.Entrance.
    """

    root: str
    key: str = field(repr=False)
    models: tuple[str, ...]
    folder: str
    headers: Mapping[str, str] = field(default_factory=dict)
    key_header: str = ""


def access(entrance: Entrance, *, key: str, models: Sequence[str], folder: str) -> Access:
    return Access(
        root=entrance.root,
        key=key,
        models=tuple(models),
        folder=folder,
        headers=entrance.headers,
        key_header=entrance.key_header,
    )


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """What to set so that the tools call the proxy under the job key.

    env: variables to set; an empty value blanks one that would lead past the proxy.
    files: path below `Access.folder` → text. No file holds the key.
    """

    env: Mapping[str, str] = field(repr=False)
    files: Mapping[str, str]
