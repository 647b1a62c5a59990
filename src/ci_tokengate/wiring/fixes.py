"""Which workflows `scan --fix` rewrites, and writing them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ci_tokengate.adapters.git import tree
from ci_tokengate.adapters.rewrite import Replacement, replace_files
from ci_tokengate.commands.fix import plan_fixes
from ci_tokengate.commands.scan import Wanted
from ci_tokengate.scan.fix import Rewrite
from ci_tokengate.scan.keys.find import find_keys
from ci_tokengate.scan.redact import hidden
from ci_tokengate.wiring.repositories import reader_of
from ci_tokengate.wiring.scans import scan_paths


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A rewrite, and the root that its path is below."""

    root: str
    rewrite: Rewrite


def planned(paths: Sequence[str], wanted: Wanted) -> list[Planned]:
    """By what a scan of flows tells of these paths; a file that two of them hold comes once."""
    found: dict[str, Planned] = {}
    for path in dict.fromkeys(paths or (".",)):
        report = scan_paths((path,), replace(wanted, keys=False))
        root = tree.list_files(path).root
        for rewrite in plan_fixes(
            report.findings, read=reader_of(root), options=wanted.scope.options
        ):
            at = os.path.realpath(os.path.join(root, rewrite.path))
            found.setdefault(at, Planned(root=root, rewrite=rewrite))
    return list(found.values())


def write(plans: Sequence[Planned]) -> None:
    """All or none. Raises UsageError."""
    replace_files(
        [
            Replacement(
                root=plan.root,
                path=plan.rewrite.path,
                before=plan.rewrite.before,
                after=plan.rewrite.after,
            )
            for plan in plans
        ]
    )


def showable(data: bytes, wanted: Wanted) -> str:
    """The text without the keys in it: a diff shows lines that a report would redact."""
    at, parts = 0, []
    for match in find_keys(data, wanted.engine.signs(data)):
        if match.start >= at:
            parts += [data[at : match.start], hidden(data[match.start : match.end])]
            at = match.end
    return b"".join([*parts, data[at:]]).decode("utf-8", "replace")
