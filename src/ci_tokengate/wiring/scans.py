"""Which texts a scan reads, and what the policy says to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING

from ci_tokengate.adapters.git import changes, tree
from ci_tokengate.adapters.git.blobs import staged_files
from ci_tokengate.adapters.git.command import root_of
from ci_tokengate.adapters.shards import in_shards
from ci_tokengate.commands.scan import Wanted, scan
from ci_tokengate.errors import UsageError
from ci_tokengate.scan.flows.options import Options
from ci_tokengate.scan.flows.together import flows_together, may_be_together
from ci_tokengate.scan.report import Report, joined
from ci_tokengate.scan.scope import Scope
from ci_tokengate.scan.text import LeftOut, Text, readable

if TYPE_CHECKING:
    from ci_tokengate.adapters.policy.load_scan import Scanned

_WORTH_A_FORK = 400
STDIN = "-"


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A root, and how other files of it are read."""

    root: str
    read: Callable[[str], bytes | None]


def repository(path: str = ".") -> Repository:
    """Raises UsageError outside of a repository."""
    root = root_of(path)
    if root is None:
        raise UsageError(
            "This is no git repository.", hint="Scan paths instead: ci-tokengate scan FOLDER."
        )
    return Repository(root=root, read=reader_of(root))


Begun = Mapping[str, Callable[[], tree.Listed]]


def begin_paths(paths: Sequence[str]) -> Begun:
    """Git looks for the files of each path while the scan gets ready. Raises UsageError."""
    return {p: tree.begin_listing(p) for p in dict.fromkeys(paths or (".",)) if p != STDIN}


def scan_paths(paths: Sequence[str], wanted: Wanted, begun: Begun | None = None) -> Report:
    """Files, folders and `-`. Big trees are read by several processes."""
    begun = begin_paths(paths) if begun is None else begun
    reports = []
    for path in dict.fromkeys(paths or (".",)):
        if path == STDIN:
            reports.append(scan(_stdin(), wanted, read=lambda _: None))
            continue
        reports += _scan_tree(begun[path](), wanted)
    return joined(reports)


def _scan_tree(listed: tree.Listed, wanted: Wanted) -> list[Report]:
    """What git tracks while git looks for the rest; then that, and the files that are judged together."""
    read = reader_of(listed.root)
    wanted = replace(wanted, names=names_of(listed.root))

    def work(part: list[str]) -> Report:
        return scan(tree.read_files(listed.root, part), wanted, read=read)

    if len(listed.paths) >= _WORTH_A_FORK:
        import_module("ci_tokengate.scan.key_findings")  # once, not in each process
    later = [path for path in listed.paths if may_be_together(path)] if wanted.flows else []
    held = frozenset(later)
    now = [path for path in listed.paths if path not in held] if held else listed.paths
    reports = in_shards(work, now, least=_WORTH_A_FORK)
    later += listed.rest()
    together = flows_together(later, read) if wanted.flows else frozenset[str]()
    return [*reports, *in_shards(work, later, least=_WORTH_A_FORK, together=together)]


def trees(
    paths: Sequence[str],
) -> Iterator[tuple[Iterator[Text | LeftOut], Callable[[str], bytes | None]]]:
    """Each path's files, and how others beside them are read."""
    for path in dict.fromkeys(paths):
        listed = tree.list_files(path)
        yield tree.read_files(listed.root, listed.paths), reader_of(listed.root)


def scan_staged(wanted: Wanted) -> Report:
    repo = repository()
    with staged_files(repo.root) as blob:
        whole = _whole(changes.changed_paths(repo.root, None), blob)
        return _change(changes.staged(repo.root, blob), whole, wanted, blob, names_of(repo.root))


def scan_since(base: str, wanted: Wanted) -> Report:
    repo = repository()
    whole = _whole(changes.changed_paths(repo.root, base), repo.read)
    return _change(changes.since(repo.root, base), whole, wanted, repo.read, names_of(repo.root))


def scan_history(span: str, wanted: Wanted) -> Report:
    """Keys only: what a workflow once was runs no more."""
    repo = repository()
    return joined([scan(changes.history(repo.root, span), wanted, read=repo.read)])


def scope_of(path: str, required: bool) -> Scope:
    """From the policy on the disk; without one nothing is excluded. Raises PolicyError."""
    data = tree.read_raw(path)
    if isinstance(data, str):
        if required:
            raise UsageError(f"The policy {path} cannot be read ({data}).", hint="See --policy.")
        return Scope()
    return _scope(data, path)


def scope_at(base: str, path: str) -> Scope:
    """From the policy as it is at `base`: no change excludes itself (DESIGN D7). Raises PolicyError."""
    data = changes.file_at(repository().root, base, path)
    return _scope(data, f"{path}@{base}") if data is not None else Scope()


def _scope(data: bytes, path: str) -> Scope:
    from ci_tokengate.adapters.policy.load_scan import load_scan  # a tenth of a second

    return scope_from(load_scan(data.decode("utf-8", "replace"), path))


def scope_from(policy: Scanned) -> Scope:
    from urllib.parse import urlsplit

    host = urlsplit(policy.proxy_url or "").hostname
    options = Options(
        proxy_kind=policy.proxy_kind,
        proxy_hosts=frozenset({host} if host else ()),
        allowed_hosts=frozenset(h.lower() for h in policy.scan.allowed_hosts),
    )
    return Scope(exclude=policy.scan.exclude, options=options)


def _change(
    patches: Iterator[Text | LeftOut],
    whole: Iterator[Text | LeftOut],
    wanted: Wanted,
    read: Callable[[str], bytes | None],
    names: Callable[[str], Sequence[str]],
) -> Report:
    """Added lines for keys, whole files for workflows."""
    keys = scan(patches, _only(wanted, keys=True), read=read)
    flows = scan(whole, replace(_only(wanted, keys=False), names=names, parts=True), read=read)
    files = max(keys.texts, flows.texts)
    report = joined([keys, flows])
    return Report(
        founds=report.founds,
        left_out=report.left_out,
        texts=files,
        suppressed=report.suppressed,
        known=report.known,
    )


def _only(wanted: Wanted, *, keys: bool) -> Wanted:
    return replace(wanted, keys=wanted.keys and keys, flows=wanted.flows and not keys)


def _whole(paths: Sequence[str], read: Callable[[str], bytes | None]) -> Iterator[Text | LeftOut]:
    for path in paths:
        data = read(path)
        if data is None:
            continue  # a link or a submodule: its patch has no lines either
        text = readable(path, data)
        yield text if isinstance(text, LeftOut) else Text(path=path, data=text)


def reader_of(root: str) -> Callable[[str], bytes | None]:
    """Reads a file below the root; None for what is not there or leads elsewhere."""

    def read(path: str) -> bytes | None:
        if os.path.isabs(path) or ".." in path.split("/"):
            return None
        data = tree.read_raw(os.path.join(root, path))
        return None if isinstance(data, str) else data

    return read


def names_of(root: str) -> Callable[[str], Sequence[str]]:
    """Lists the files below a folder; none of one that leads elsewhere."""

    def names(folder: str) -> Sequence[str]:
        if os.path.isabs(folder) or ".." in folder.split("/"):
            return ()
        below = os.path.join(root, folder)
        return [f"{folder}/{name}" if folder else name for name in tree.below(below)]

    return names


def _stdin() -> Iterator[Text | LeftOut]:
    text = readable("stdin", sys.stdin.buffer.read())
    yield text if isinstance(text, LeftOut) else Text(path="stdin", data=text)
