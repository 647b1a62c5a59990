"""A finding with the secret that it is about. Secrets go no further than the command that asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from ci_tokengate.scan.finding import Finding


@dataclass(frozen=True, kw_only=True)
class Found:
    finding: Finding
    secret: bytes = field(default=b"", repr=False)
