"""Changes: what is staged, what came since a base, and the whole history."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.adapters.git.command import DIFF, git, streaming
from ci_tokengate.adapters.git.patch import COMMIT_FORMAT, texts
from ci_tokengate.errors import UsageError
from ci_tokengate.scan.text import LeftOut, Text


def staged(root: str) -> Iterator[Text | LeftOut]:
    with streaming(root, ("diff", "--cached", *DIFF)) as out:
        yield from texts(out)


def since(root: str, base: str) -> Iterator[Text | LeftOut]:
    """What the working tree has added since it left `base`."""
    with streaming(root, ("diff", _fork_point(root, base), *DIFF, "--")) as out:
        yield from texts(out)


def history(root: str, span: str) -> Iterator[Text | LeftOut]:
    """Every commit's own change; a merge's is what it did beside its parents'."""
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
    with streaming(root, args) as out:
        yield from texts(out)


def changed_paths(root: str, base: str | None) -> list[str]:
    """Files that differ from `base` and are still there, or that are staged where base is None."""
    which = ("--cached",) if base is None else (_fork_point(root, base),)
    told = git(root, "diff", *which, "--name-only", "-z", "--diff-filter=d", "--no-renames", "--")
    return [name.decode("utf-8", "surrogateescape") for name in (told or b"").split(b"\0") if name]


def staged_file(root: str, path: str) -> bytes | None:
    return git(root, "cat-file", "blob", f":{path}")


def _fork_point(root: str, base: str) -> str:
    _check(base)
    found = git(root, "merge-base", base, "HEAD")
    return found.decode().strip() if found else base


def _check(name: str) -> None:
    if name.startswith("-"):
        raise UsageError(f"{name!r} is no commit.", hint="Give a branch, a tag, a hash or a range.")
