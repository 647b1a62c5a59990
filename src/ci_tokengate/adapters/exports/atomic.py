"""A file that is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from ci_tokengate.ports.exports import Fill


def write_atomically(path: Path, fill: Fill) -> None:
    """Has `fill` write beside `path`, then moves it there; raises OSError, and what `fill` raises.

    The name beside begins with a point, by which readers of folders pass over it; the mode is what
    the umask allows, since others read these files.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
