"""Running git: nothing of the user's settings may change what it prints."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from ci_tokengate.errors import UndecidedError, UsageError

DIFF = (
    "--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", "--unified=3",
    "--submodule=short", "--ignore-submodules=dirty",
)  # fmt: skip
_PLAIN = (
    "--literal-pathspecs", "-c", "core.quotePath=true", "-c", "core.fsmonitor=false", "-c", "diff.algorithm=default",
    "-c", "diff.suppressBlankEmpty=false", "-c", "log.showRoot=true", "-c", "log.showSignature=false",
)  # fmt: skip


def root_of(path: str) -> str | None:
    """The folder of the repository that holds `path`; None outside of any."""
    folder = os.path.realpath(path)
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def git(root: str, *args: str) -> bytes | None:
    """What git says; None where it fails. Raises UndecidedError without git."""
    return begin_git(root, *args)()


def begin_git(
    root: str, *args: str, warned: Callable[[bytes], None] | None = None
) -> Callable[[], bytes | None]:
    """Starts git. What comes back waits for its answer, which is None where it fails.

    `warned` is given what git complains of.
    """
    child = start(root, *args, stderr=subprocess.PIPE if warned else subprocess.DEVNULL)

    def answer() -> bytes | None:
        with child:
            said, complaints = child.communicate()
        if warned and complaints:
            warned(complaints)
        return said if child.returncode == 0 else None

    return answer


def start(
    root: str, *args: str, stdin: int | None = None, stderr: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """A git whose output is read by its caller, who also waits for its end. Raises UndecidedError without git."""
    try:
        return subprocess.Popen(
            ["git", "-C", root, *_PLAIN, *args], stdin=stdin, stdout=subprocess.PIPE, stderr=stderr
        )
    except OSError as error:
        raise UndecidedError(f"git cannot be started ({error.strerror}).") from error


@contextmanager
def streaming(root: str, args: Sequence[str]) -> Iterator[IO[bytes]]:
    """git's output as it comes. Raises UsageError where git ends with an error."""
    with start(root, *args, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        yield child.stdout
        said = child.stderr.read().decode("utf-8", "replace").strip()
    if child.returncode:
        raise UsageError(
            f"git {args[0]} failed: {said.splitlines()[-1][:200] if said else child.returncode}",
            hint="Is the base or the range there? A shallow clone lacks it: fetch with fetch-depth: 0.",
        )
