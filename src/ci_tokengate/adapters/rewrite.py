"""Files that are written over: all of them or none, each in one step, with its mode and its owner."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ci_tokengate.errors import UsageError

_AGAIN = "Nothing was written."


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """`path` is below `root`, with `/`. `before` is what the file must still hold."""

    root: str
    path: str
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)

    @property
    def target(self) -> str:
        return os.path.join(self.root, *self.path.split("/"))


def replace_files(
    wanted: Sequence[Replacement], *, replace: Callable[[str, str], None] = os.replace
) -> None:
    """New contents are laid beside the files first, then moved over them; a failed move undoes the others.

    Raises UsageError for a file that cannot be written, or that is no longer as it was read.
    """
    for one in wanted:
        _check(one)
    laid: list[str] = []
    moved: list[Replacement] = []
    at = ""
    try:
        for one in wanted:
            at = one.path
            laid.append(_laid(one.target, one.after))
        for one, beside in zip(wanted, laid, strict=True):
            at = one.path
            replace(beside, one.target)
            moved.append(one)
    except OSError as error:
        raise UsageError(
            f"{at} cannot be written ({error.strerror}). {_undone(moved)}",
            hint="May you write to its folder, and is there room on the disk?",
        ) from error
    except BaseException:
        _undone(moved)
        raise
    finally:
        for beside in laid:
            with contextlib.suppress(OSError):
                os.unlink(beside)


def _check(one: Replacement) -> None:
    folder, root = os.path.realpath(os.path.dirname(one.target)), os.path.realpath(one.root)
    if os.path.commonpath([folder, root]) != root or os.path.islink(one.target):
        raise UsageError(f"{one.path} leads out of the repository, by a link. {_AGAIN}")
    try:
        mode = os.stat(one.target).st_mode
        with open(one.target, "rb") as file:
            same = file.read() == one.before
    except OSError as error:
        raise UsageError(f"{one.path} cannot be read ({error.strerror}). {_AGAIN}") from error
    if not mode & 0o222 or not os.access(one.target, os.W_OK):
        raise UsageError(
            f"{one.path} is read-only. {_AGAIN}", hint="Make it writable, then run --fix again."
        )
    if not same:
        raise UsageError(f"{one.path} was changed meanwhile. {_AGAIN}", hint="Run --fix again.")


def _laid(target: str, content: bytes) -> str:
    """A file with the new content, in the folder of the old one."""
    old = os.stat(target)
    number, beside = tempfile.mkstemp(prefix=".tokengate-", dir=os.path.dirname(target) or ".")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError, AttributeError):  # only root may give files away
            os.chown(beside, old.st_uid, old.st_gid)
        os.chmod(beside, stat.S_IMODE(old.st_mode))
    except BaseException:
        os.unlink(beside)
        raise
    return beside


def _undone(moved: Sequence[Replacement]) -> str:
    """The sentence that says what is on the disk now."""
    stuck = []
    for one in moved:
        try:
            os.replace(_laid(one.target, one.before), one.target)
        except OSError:
            stuck.append(one.path)
    return f"Written already: {', '.join(stuck)}." if stuck else _AGAIN
