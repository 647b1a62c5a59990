"""A workflow's file as bytes, rewritten: its encoding, its mark and its line ends stay."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ci_tokengate.scan.fix.workflow import fix_workflow
from ci_tokengate.scan.flows.options import Options

_BOM = b"\xef\xbb\xbf"
_ODD_BREAK = re.compile("\r(?!\n)|[\x85\u2028\u2029]")


@dataclass(frozen=True, kw_only=True)
class Rewrite:
    """path: from the root. changes: what is done, a sentence each. left: what is not, and why."""

    path: str
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)
    changes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return self.before != self.after


def rewrite_file(
    path: str, data: bytes, *, read: Callable[[str], bytes | None], options: Options
) -> Rewrite:
    """`read` gives the files that the workflow calls. What cannot be rewritten is the same as before."""
    mark = _BOM if data.startswith(_BOM) else b""
    try:
        text = data[len(mark) :].decode()
    except UnicodeDecodeError:
        return _as_it_is(path, data, "it is not UTF-8")
    if _ODD_BREAK.search(text):
        return _as_it_is(path, data, "it has line breaks that YAML counts and editors do not")
    fixed = fix_workflow(path, text, read=read, options=options)
    after = mark + fixed.text.encode()
    return Rewrite(path=path, before=data, after=after, changes=fixed.changes, left=fixed.left)


def _as_it_is(path: str, data: bytes, why: str) -> Rewrite:
    said = f"{path} was left as it is: {why}."
    return Rewrite(path=path, before=data, after=data, left=(said,))
