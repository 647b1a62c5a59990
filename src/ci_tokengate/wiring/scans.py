"""Scans of files and folders as they stand."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module

from ci_tokengate.adapters.git import raw, tree
from ci_tokengate.adapters.shards import in_shards
from ci_tokengate.commands.scan import Wanted, scan
from ci_tokengate.scan.flows.together import flows_together, may_be_together
from ci_tokengate.scan.report import Report, joined
from ci_tokengate.scan.text import LeftOut, Text, readable
from ci_tokengate.wiring.repositories import names_of, reader_of

_WORTH_A_FORK = 400
STDIN = "-"


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
        return scan(raw.read_files(listed.root, part), wanted, read=read)

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
        yield raw.read_files(listed.root, listed.paths), reader_of(listed.root)


def _stdin() -> Iterator[Text | LeftOut]:
    text = readable("stdin", sys.stdin.buffer.read())
    yield text if isinstance(text, LeftOut) else Text(path="stdin", data=text)
