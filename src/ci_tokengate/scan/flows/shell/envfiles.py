"""Files of variables that a command gives to what it starts: `dotenv -f x run`, `docker run --env-file x`, `direnv exec .`."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import NamedTuple

_ANY = ("--env-file", "--env_file")


class EnvFile(NamedTuple):
    """beats: whether the file's value counts where the variable is set already. given: whether it is named, not assumed."""

    path: str
    beats: bool
    given: bool = True


class _Taker(NamedTuple):
    options: tuple[str, ...]
    beats: bool
    overriding: tuple[str, ...] = ()
    usual: str = ""


_TAKERS = {
    "dotenvx": _Taker(("-f", "--env-file"), False, ("-o", "--overload", "--override"), ".env"),
    "env-cmd": _Taker(("-f", "--file"), True, (), ".env"),
    "docker": _Taker(_ANY, True),
    "podman": _Taker(_ANY, True),
    "nerdctl": _Taker(_ANY, True),
    "op": _Taker(_ANY, True),
    "uv": _Taker(_ANY, False),
    "node": _Taker(_ANY, False),
    "bun": _Taker(_ANY, False),
    "honcho": _Taker(("-e", "--env"), True, (), ".env"),
    "foreman": _Taker(("-e", "--env"), True, (), ".env"),
}
_PYTHON = _Taker(("-f", "--file"), True, (), ".env")
_NODE = _Taker(("-e", "-f"), False, ("-o", "--override", "--overwrite"), ".env")
_MOST = 8


def env_files(words: Sequence[str]) -> list[EnvFile]:
    """Of a command with all its layers."""
    names = [posixpath.basename(word) for word in words[:4]]
    name = next((n for n in names if n in _TAKERS or n in ("dotenv", "dotenv-cli", "direnv")), "")
    if name == "direnv":
        at = names.index(name)
        folder = (
            words[at + 2] if words[at + 1 : at + 2] == ("exec",) and len(words) > at + 2 else ""
        )
        return [EnvFile(posixpath.join(folder, ".envrc"), True)] if folder else []
    if name in ("dotenv", "dotenv-cli"):
        taker = _PYTHON if "run" in words else _NODE
    elif name:
        taker = _TAKERS[name]
    else:
        return []
    beats = taker.beats or any(word in taker.overriding for word in words)
    found = [EnvFile(path, beats) for path in _values(words, taker.options)]
    return found[:_MOST] or ([EnvFile(taker.usual, beats, False)] if taker.usual else [])


def _values(words: Sequence[str], options: Sequence[str]) -> list[str]:
    found = []
    for nth, word in enumerate(words):
        if word == "--":
            break
        head, equals, tail = word.partition("=")
        if head in options:
            found.append(tail if equals else words[nth + 1] if nth + 1 < len(words) else "")
    return [path for path in found if path]
