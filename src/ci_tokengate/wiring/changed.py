"""Scans of what has changed: what is staged, what came since a base, and a whole history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ci_tokengate.adapters.git import changes
from ci_tokengate.adapters.git.blobs import staged_files
from ci_tokengate.commands.scan import Wanted, scan
from ci_tokengate.scan.report import Report, joined
from ci_tokengate.scan.text import LeftOut, Text, readable
from ci_tokengate.wiring.repositories import names_of, repository


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
