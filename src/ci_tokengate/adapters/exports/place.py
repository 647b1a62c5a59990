"""Folders by path, and by any URL that fsspec knows: `s3://…`, `gs://…`, `abfs://…`, `memory://…`."""

from __future__ import annotations

import contextlib
import re
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from ci_tokengate.adapters.whole_files import write_atomically
from ci_tokengate.errors import TokengateError, UndecidedError, UsageError
from ci_tokengate.ports.exports import Fill

_PUTS_WHOLE = frozenset(
    ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "oss", "obs", "memory")
)
"""Object stores: a put is seen when it has ended, and there is nothing to move."""
_NOT_THERE = (FileNotFoundError, PermissionError, NotADirectoryError, IsADirectoryError)
_T = TypeVar("_T")


class Place:
    """Implements ports.exports.Destination."""

    def __init__(self, url: str) -> None:
        """Raises UsageError for an URL that no file system of this environment answers to."""
        self.shown = _without_password(url)
        self._fs, self._path = self._asked(lambda: url_to_fs(url))

    def replace(self, name: str, fill: Fill) -> str:
        path = f"{self._path.rstrip('/')}/{name}"
        if isinstance(self._fs, LocalFileSystem):
            self._write(Path(path), fill)
        else:
            self._send(path, fill)
        return f"{self.shown.rstrip('/')}/{name}"

    def _write(self, path: Path, fill: Fill) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, fill)
        except OSError as error:
            raise self._told(error) from error

    def _send(self, path: str, fill: Fill) -> None:
        """Written here first: a store takes a file whole, and `fill` may fail."""
        with tempfile.TemporaryDirectory(prefix="tokengate-") as folder:
            held = Path(folder, "export")
            try:
                with held.open("wb") as file:
                    fill(file)
            except OSError as error:
                raise UndecidedError(
                    f"The export could not be prepared ({error.strerror}).",
                    hint="It is written below the folder for temporary files first: is that full?",
                ) from error
            self._asked(lambda: self._put(str(held), path))

    def _put(self, held: str, path: str) -> None:
        """What is no object store shows a file while it is written: there it is moved into place."""
        protocols = self._fs.protocol
        names = {protocols} if isinstance(protocols, str) else set(protocols)
        if names & _PUTS_WHOLE:
            self._fs.put_file(held, path)
            return
        parent, _, name = path.rpartition("/")
        beside = f"{parent}/.{name}.{secrets.token_hex(4)}.part"
        self._fs.makedirs(parent, exist_ok=True)
        try:
            self._fs.put_file(held, beside)
            self._fs.mv(beside, path)
        except Exception:
            with contextlib.suppress(Exception):
                self._fs.rm_file(beside)
            raise

    def _asked(self, work: Callable[[], _T]) -> _T:
        try:
            return work()
        except Exception as error:
            raise self._told(error) from error

    def _told(self, error: Exception) -> TokengateError:
        """Each store has errors of its own; their texts may hold what is no one's business."""
        if isinstance(error, ImportError):
            return UsageError(
                f"{self.shown} needs a package that is not installed.",
                hint=f"{str(error)[:160].rstrip('.')}. (For s3:// it is: pip install s3fs)",
            )
        if isinstance(error, ValueError):
            return UsageError(
                f"{self.shown} is no place that an export can go to.",
                hint="Give a folder, or an URL that fsspec knows, such as s3://bucket/folder.",
            )
        if isinstance(error, _NOT_THERE):
            return UsageError(
                f"{self.shown} cannot be written to ({_why(error)}).",
                hint="Is it there, and may this user (these credentials) write to it?",
            )
        return UndecidedError(
            f"The export to {self.shown} did not succeed ({_why(error)}); "
            "what was there before still stands.",
            hint="Look at the place and its credentials, and export again: nothing is lost.",
        )


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


def _without_password(url: str) -> str:
    return re.sub(r"(?<=://)[^/@]*@", "", url).split("?", 1)[0]
