"""Intel's Hyperscan: all signs in one pass. Its database is compiled once a machine, and kept.

Source: https://intel.github.io/hyperscan/dev-reference/compilation.html
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
from binascii import crc32

import hyperscan

from ci_tokengate.scan.engines.literal import PROBES
from ci_tokengate.scan.flows.literals import _HOSTS as HOSTS
from ci_tokengate.scan.keys.probes import NAMES, PLAIN
from ci_tokengate.scan.keys.signs import Signs
from ci_tokengate.scan.keys.starts import may_begin

_MENTION = len(PROBES)
_HOST = _MENTION + 1
_ENCODED = len(PLAIN)
_NONE = Signs(hosts=False)
"""What most files have; one for all."""
_FULL = [len(literal) + run for literal, run in PROBES]


class Hyperscan:
    """Implements Engine."""

    name = "hyperscan"

    def __init__(self) -> None:
        self._db = _database()
        self._data = b""
        self._clear()

    def signs(self, data: bytes) -> Signs:
        if data:
            self._data = data
            self._db.scan(data, match_event_handler=self._seen)
        if not (self._hits or self._mentions or self._hosts):
            return _NONE
        found = Signs(self._hits, self._mentions, self._hosts)
        self._clear()
        return found

    def _clear(self) -> None:
        self._hits: list[tuple[int, int]] = []
        self._mentions: list[int] = []
        self._hosts = False

    def _seen(self, index: int, _start: int, end: int, _flags: int, _context: object) -> None:
        if index == _MENTION:
            self._mentions.append(end)
        elif index == _HOST:
            self._hosts = True
        elif index >= _ENCODED or may_begin(self._data, index, end - _FULL[index]):
            self._hits.append((index, end - _FULL[index]))


def expressions() -> tuple[list[bytes], list[int], list[int]]:
    """What its one pass looks for: each expression, its number, its flags."""
    plain = [
        re.escape(literal) + (b"[A-Za-z0-9+/=_-]{%d}" % run if run else b"")
        for literal, run in PROBES
    ]
    named = [re.escape(name) for name in NAMES]
    hosts = [re.escape(host) for host in HOSTS]
    once = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH
    return (
        [*plain, *named, *hosts],
        [*range(len(plain)), *(_MENTION for _ in named), *(_HOST for _ in hosts)],
        [0] * len(plain) + [hyperscan.HS_FLAG_CASELESS] * len(named) + [once] * len(hosts),
    )


def _database() -> hyperscan.Database:
    """From the cache, which begins with all that it depends on: build, processor, expressions."""
    sought, ids, flags = expressions()
    told = repr((sought, ids, flags, _build(), _processor())).encode() + b"\n"
    path = _cache_path(f"{crc32(told):08x}")
    if path and (kept := _read_own(path)).startswith(told):
        with contextlib.suppress(hyperscan.error, ValueError):
            found = hyperscan.loadb(kept[len(told) :], mode=hyperscan.HS_MODE_BLOCK)
            found.scratch = hyperscan.Scratch(found)
            return found
    made = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    made.compile(expressions=sought, ids=ids, flags=flags)
    if path:
        _keep(path, told + hyperscan.dumpb(made))
    return made


def _build() -> tuple[str, int, int]:
    """Which build of Hyperscan this is; asking the package's metadata takes 40 ms."""
    found = os.stat(hyperscan.__file__)
    return hyperscan.__file__, found.st_size, found.st_mtime_ns


def _processor() -> str:
    """What Hyperscan compiles for; on a processor of another kind it is compiled anew."""
    with (
        contextlib.suppress(OSError),
        open("/proc/cpuinfo", encoding="ascii", errors="replace") as f,
    ):
        for line in f:
            if line.startswith(("flags", "Features")):
                return line
    import platform

    return platform.processor() + platform.machine()


def _cache_path(name: str) -> str:
    """A folder of ours that nobody else can write; empty where there is none."""
    home = os.path.expanduser("~")
    folder = os.path.join(home, ".cache", "ci-tokengate")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
    except OSError:
        return ""
    if not stat.S_ISDIR(found.st_mode) or not _ours(found):
        return ""
    return os.path.join(folder, f"hyperscan-{name}")


def _ours(found: os.stat_result) -> bool:
    if sys.platform == "win32":
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _read_own(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read() if _ours(os.fstat(file.fileno())) else b""
    except OSError:
        return b""


def _keep(path: str, data: bytes) -> None:
    """Written aside and moved, so that nobody reads half of it."""
    import tempfile

    with contextlib.suppress(OSError):
        number, aside = tempfile.mkstemp(dir=os.path.dirname(path))
        with os.fdopen(number, "wb") as file:
            file.write(data)
        os.replace(aside, path)
