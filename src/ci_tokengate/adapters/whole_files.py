"""A file that is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from ci_tokengate.errors import UsageError

_DEAD = 3600.0
"""Seconds without a byte: whoever wrote that was ended, and left it."""


def write_atomically(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Has `fill` write beside `path`, then moves it there; raises OSError, and what `fill` raises.

    The name beside begins with a point, by which readers of folders pass over it; the mode is what
    the umask allows, since others read these files. What an earlier writer of the same file left
    behind when it was killed goes as well.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            _remove_older(path, os.fstat(file.fileno()).st_mtime - _DEAD)
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def write_whole(path: str, data: bytes) -> None:
    """All of it or nothing: a reader never sees half a file. Raises UsageError."""
    try:
        write_atomically(Path(path), lambda file: file.write(data))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror}).",
            hint="Is the folder there, may you write to it, and is there room?",
        ) from error


def write_named(path: str, text: str) -> None:
    """The file that a caller names, in UTF-8 with a line break at its end. Raises UsageError.

    Below the current folder, which may be a stranger's checkout, nothing is written through a link: one in place
    of the file is replaced, and one on the way to it that leads out is refused.
    """
    data, here, wanted = f"{text}\n".encode(), Path.cwd().resolve(), Path(os.path.abspath(path))
    try:
        if not wanted.is_relative_to(here):
            wanted.write_bytes(data)
        elif wanted.parent.resolve().is_relative_to(here):
            write_atomically(wanted, lambda file: file.write(data))
        else:
            raise UsageError(f"{path} leads out of this folder, by a link.")
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}).") from error


def _remove_older(path: Path, than: float) -> None:
    """By the clock of the file system, which dated them all. One that is being written is younger."""
    head, tail = f".{path.name}.", ".part"
    for found in os.scandir(path.parent):
        ours = found.name.startswith(head) and found.name.endswith(tail)
        if ours and len(found.name) == len(head) + 8 + len(tail):
            with contextlib.suppress(OSError):
                if found.stat(follow_symlinks=False).st_mtime < than:
                    os.unlink(found.path)
