"""The bytes of files as they stand on the disk, or why there are none. Nothing is followed, nothing blocks."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from ci_tokengate.scan.text import LeftOut, Text, readable

_LARGEST = 1 << 30
_LOOK = 1 << 16
_NO_FOLLOW = (
    getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


def read_files(root: str, paths: list[str]) -> Iterator[Text | LeftOut]:
    """Raw bytes of regular files; nothing is followed, nothing blocks."""
    for path in paths:
        data = read_raw(f"{root}/{path}")
        if isinstance(data, str):
            yield LeftOut(path=path, why=data)
            continue
        text = readable(path, data)
        yield text if isinstance(text, LeftOut) else Text(path=path, data=text)


def read_raw(path: str) -> bytes | str:
    """The file's bytes, or why there are none. Of a binary file its beginning is enough."""
    try:
        number = os.open(path, os.O_RDONLY | _NO_FOLLOW)
    except OSError:
        return _why(path)
    try:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            return _kind(found)
        if found.st_size > _LARGEST:
            return "larger than 1 GiB"
        return _contents(number, found.st_size)
    except OSError as error:
        return f"unreadable ({error.strerror})"
    finally:
        os.close(number)


def _contents(number: int, size: int) -> bytes:
    """In one read where the file is as long as it says; thousands of them are read while a person waits."""
    if size > _LOOK:
        begin = os.read(number, _LOOK)
        if _is_binary(begin):
            return begin
        os.lseek(number, 0, os.SEEK_SET)
    whole = os.read(number, size + 1)
    if whole and len(whole) == size:
        return whole
    parts = [whole]  # it grows, or is of a file system that tells no size
    while part := os.read(number, _LOOK):
        parts.append(part)
    return b"".join(parts)


def _is_binary(begin: bytes) -> bool:
    return b"\0" in begin and isinstance(readable("", begin), LeftOut)


def _why(path: str) -> str:
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return "not on the disk (deleted, or a sparse checkout)"
    except OSError as error:
        return f"unreadable ({error.strerror})"
    if stat.S_ISREG(found.st_mode):
        return "unreadable (Permission denied)"
    if stat.S_ISDIR(found.st_mode) and not os.access(path, os.R_OK):
        return "unreadable folder (Permission denied)"
    return _kind(found)


def _kind(found: os.stat_result) -> str:
    if stat.S_ISLNK(found.st_mode):
        return "symbolic link"
    return "submodule" if stat.S_ISDIR(found.st_mode) else "not a regular file"
