"""Files as git holds them, from one git for all: starting one for each takes longer than to scan it.

Source: https://git-scm.com/docs/git-cat-file#_batch_output
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from ci_tokengate.adapters.git.command import git, start
from ci_tokengate.errors import UndecidedError

Staged = Callable[[str], "bytes | None"]


@contextmanager
def staged_files(root: str) -> Iterator[Staged]:
    """What comes in reads a staged file by its path from the root; None where none is staged under it.

    Raises UndecidedError without git, and where git ends too early.
    """
    child = start(root, "cat-file", "--batch", stdin=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        yield lambda path: _read(child, root, f":0:{path}")
    finally:
        with suppress(OSError):  # it has ended, and its last question is still on the way
            child.stdin.close()
        child.stdout.close()
        child.wait()


def _read(child: subprocess.Popen[bytes], root: str, name: str) -> bytes | None:
    if "\n" in name:
        return git(root, "cat-file", "blob", name)  # a question is one line
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(name.encode("utf-8", "surrogateescape") + b"\n")
        child.stdin.flush()
    except OSError as error:
        raise _ended() from error
    told = child.stdout.readline()
    if not told.endswith(b"\n"):
        raise _ended()
    # "<hash> <type> <size>", or "<name> missing" and the like: a name ends with no such three words
    words = told.split()
    if len(words) < 3 or not words[-1].isdigit() or words[-2] not in _TYPES:
        return None
    size = int(words[-1])
    data = child.stdout.read(size + 1)
    if len(data) != size + 1:
        raise _ended()
    return data[:size] if words[-2] == b"blob" else None


_TYPES = (b"blob", b"tree", b"commit", b"tag")


def _ended() -> UndecidedError:
    return UndecidedError("git ended while staged files were read.", hint="Run it again.")
