"""Changes: what is staged, what came since a base, and the whole history."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from ci_tokengate.adapters.git.blobs import Staged
from ci_tokengate.adapters.git.command import DIFF, git, streaming
from ci_tokengate.adapters.git.patch import BINARY, COMMIT_FORMAT, texts
from ci_tokengate.adapters.git.raw import read_raw
from ci_tokengate.errors import UndecidedError, UsageError
from ci_tokengate.scan.text import LeftOut, Text, readable

CUT = "what a shallow clone lacks before this commit"


def staged(root: str, new: Staged) -> Iterator[Text | LeftOut]:
    """What is staged; `new` reads a staged file."""
    with streaming(root, ("diff", "--cached", *DIFF)) as out:
        yield from _looked_at(
            texts(out),
            new=new,
            old=lambda path: git(root, "cat-file", "blob", f"HEAD:{path}"),
        )


def since(root: str, base: str) -> Iterator[Text | LeftOut]:
    """What the working tree has added since it left `base`."""
    fork = _fork_point(root, base)

    def on_disk(path: str) -> bytes | None:
        data = read_raw(os.path.join(root, path))
        return None if isinstance(data, str) else data

    with streaming(root, ("diff", fork, *DIFF, "--")) as out:
        yield from _looked_at(
            texts(out),
            new=on_disk,
            old=lambda path: git(root, "cat-file", "blob", f"{fork}:{path}"),
        )


def _looked_at(
    found: Iterable[Text | LeftOut],
    *,
    new: Callable[[str], bytes | None],
    old: Callable[[str], bytes | None],
) -> Iterator[Text | LeftOut]:
    """Git also calls UTF-16 binary, and whatever .gitattributes says: such a file is read by itself."""
    for one in found:
        data = new(one.path) if isinstance(one, LeftOut) and one.why == BINARY else None
        text = readable(one.path, data) if data is not None else None
        if text is None or isinstance(text, LeftOut):
            yield one
            continue
        before = readable(one.path, old(one.path) or b"")
        known = frozenset() if isinstance(before, LeftOut) else frozenset(before.split(b"\n"))
        lines = enumerate(text.split(b"\n"), 1)
        numbers = tuple(-number if line in known else number for number, line in lines)
        yield Text(path=one.path, data=text, numbers=numbers)


def history(root: str, span: str) -> Iterator[Text | LeftOut]:
    """Every commit's own change; a merge's is what it did beside its parents'.

    Git runs inside of its own folder, where no .gitattributes can say that a text has no lines.
    """
    _check(span)
    which = (span,) if span else ("--all",)
    args: tuple[str, ...] = (
        "log",
        COMMIT_FORMAT,
        "--patch",
        "--diff-merges=remerge",
        *DIFF,
        *which,
        "--",
    )
    if git(root, "log", "-1", "--diff-merges=remerge", "--format=", "HEAD") is None:
        args = tuple(a for a in args if not a.startswith("--diff-merges"))
    inside = git(root, "rev-parse", "--absolute-git-dir")
    if inside is None:
        raise UndecidedError("git does not say where it keeps this repository.")
    inner = os.fsdecode(inside.rstrip(b"\n"))
    with streaming(inner, args) as out:
        yield from _with_the_end(texts(out), _cut_at(inner))


def _cut_at(inside: str) -> frozenset[str]:
    """The commits whose parents a shallow clone has not got."""
    told = git(inside, "rev-parse", "--git-path", "shallow")
    data = read_raw(os.path.join(inside, os.fsdecode(told.rstrip(b"\n")))) if told else ""
    return (
        frozenset(data.decode("ascii", "replace").split())
        if isinstance(data, bytes)
        else frozenset()
    )


def _with_the_end(found: Iterable[Text | LeftOut], cut: frozenset[str]) -> Iterator[Text | LeftOut]:
    """Such a commit shows all its files as added: what came and went before it is not seen."""
    for one in found:
        if isinstance(one, Text) and one.commit in cut:
            yield LeftOut(path=f".git/shallow: {one.commit[:12]}", why=CUT)
        yield one


def changed_paths(root: str, base: str | None) -> list[str]:
    """Files that differ from `base` and are still there, or that are staged where base is None."""
    which = ("--cached",) if base is None else (_fork_point(root, base),)
    told = git(root, "diff", *which, "--name-only", "-z", "--diff-filter=d", "--no-renames", "--")
    return [name.decode("utf-8", "surrogateescape") for name in (told or b"").split(b"\0") if name]


def file_at(root: str, commit: str, path: str) -> bytes | None:
    """None where there is no such file, or no such commit."""
    _check(commit)
    return git(root, "cat-file", "blob", f"{commit}:{path}")


def _fork_point(root: str, base: str) -> str:
    _check(base)
    found = git(root, "merge-base", base, "HEAD")
    return found.decode().strip() if found else base


def _check(name: str) -> None:
    if name.startswith("-"):
        raise UsageError(f"{name!r} is no commit.", hint="Give a branch, a tag, a hash or a range.")
