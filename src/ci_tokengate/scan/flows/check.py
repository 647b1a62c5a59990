"""Sends each file to those who can read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ci_tokengate.scan.finding import Finding
from ci_tokengate.scan.flows.files import Kind, kind_of
from ci_tokengate.scan.flows.options import Options
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.source import check_source

_CODE = (Kind.SOURCE, Kind.DOTENV, Kind.DOCKERFILE)


def check(
    files: Mapping[str, bytes], *, read: Callable[[str], bytes | None], options: Options
) -> Iterator[Finding]:
    """Findings of TG003-TG009, file by file in the order given.

    files: what to judge, by path from the repository's root. read: any other file, None if there is none.
    """
    for path, data in files.items():
        kind = kind_of(path)
        if kind is None:
            continue
        file = File(path, data.decode("utf-8-sig", "replace"))
        if kind in _CODE:
            yield from check_source(file, kind, options.allowed_hosts)
