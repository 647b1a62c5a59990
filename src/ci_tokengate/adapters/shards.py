"""The same work in several processes at once, where the machine has more than one core and can fork."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence, Set
from typing import Any, TypeVar

from ci_tokengate.errors import UndecidedError

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def in_shards(
    work: Callable[[list[_In]], _Out],
    items: Sequence[_In],
    *,
    least: int,
    together: Set[_In] = frozenset(),
) -> list[_Out]:
    """`work` on each part of `items`. Below `least` items, and without fork, in this process.

    together: items that are in one part, because the work on one looks at the others.

    Raises UndecidedError where a process ends without an answer.
    """
    count = min(_cores(), len(items) // max(1, least // 2), 8)
    if count < 2 or not hasattr(os, "fork"):
        return [work(list(items))]
    apart = [item for item in items if item not in together] if together else items
    parts = [list(apart[n::count]) for n in range(count)]
    parts[0] += together
    children = [_fork(work, part) for part in parts[1:]]
    first = work(parts[0])
    return [first, *(_answer(*child) for child in children)]


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _fork(work: Callable[[list[_In]], _Out], part: list[_In]) -> tuple[int, int]:
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    code = 1
    try:
        os.close(reader)
        with os.fdopen(writer, "wb") as pipe:
            import pickle

            pickle.dump(work(part), pipe, pickle.HIGHEST_PROTOCOL)
        code = 0
    finally:
        os._exit(code)


def _answer(child: int, reader: int) -> Any:
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise UndecidedError(
            "A process of the scan ended without an answer.", hint="Is the machine out of memory?"
        )
    import pickle

    return pickle.loads(said)  # noqa: S301 - from our own child, by a pipe
