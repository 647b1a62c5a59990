"""The command line as a process that tells, when it ends, how much memory it ever had."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

STATUS = Path("/proc/self/status")
_PROGRAM = f"""
import re, sys
from ci_tokengate.cli import main
try:
    main()
finally:
    with open("{STATUS}") as status:
        print(re.search(r"VmHWM:\\s*(\\d+) kB", status.read())[1], file=sys.stderr)
"""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`peak` is resident memory in MB (1e6 bytes), as the kernel counts it for the process alone."""

    code: int
    out: str = field(repr=False)
    err: str = field(repr=False)
    peak: float


def measured_cli(env: Mapping[str, str], *args: str, timeout: float = 120) -> Measured:
    """`ci-tokengate ARGS…`. Not by getrusage: a child's figure there begins with its parent's."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *args],
        env=dict(env),
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    *said, peak = done.stderr.splitlines()
    return Measured(
        code=done.returncode, out=done.stdout, err="\n".join(said), peak=int(peak) * 1024 / 1e6
    )


def figure_of(done: Measured) -> tuple[str, str, int]:
    body = json.loads(done.out)
    return body["total_usd"], body["state"], body["requests"]
