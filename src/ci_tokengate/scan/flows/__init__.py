"""TG003-TG009: how keys, agents and provider hosts meet in workflows, settings and code.

`may_matter` is all that a commit without such a file pays for; `check` is imported when first called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ci_tokengate.scan.flows.literals import may_matter
from ci_tokengate.scan.flows.options import Options

if TYPE_CHECKING:
    from ci_tokengate.scan.finding import Finding

__all__ = ["Options", "check", "may_matter"]


def check(
    files: Mapping[str, bytes],
    *,
    read: Callable[[str], bytes | None],
    options: Options,
    names: Callable[[str], Iterable[str]] | None = None,
) -> Iterator[Finding]:
    """See `flows.check.check`."""
    from ci_tokengate.scan.flows.check import check as run

    return run(files, read=read, options=options, names=names)
