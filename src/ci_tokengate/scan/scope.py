"""What the policy says to the scan: paths that are left out, hosts that may be called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cached_property

from ci_tokengate.scan.flows.options import Options


@dataclass(frozen=True, kw_only=True)
class Scope:
    """`exclude` are globs over paths from the root, in which `*` also passes `/`; a folder means all below it."""

    exclude: Sequence[str] = ()
    options: Options = field(default_factory=Options)

    def leaves_out(self, path: str) -> bool:
        return bool(self.exclude) and self._excluded.match(path) is not None

    @cached_property
    def _excluded(self) -> re.Pattern[str]:
        globs = []
        for glob in self.exclude:
            bare = glob.removeprefix("./").rstrip("/")
            globs += [translate(bare), translate(f"{bare}/*")]
            if bare.startswith("**/"):
                globs.append(translate(bare[3:]))
        return re.compile("|".join(globs))
