"""`scan` with its common options. Anything else, and every mistake, is click's."""

from __future__ import annotations

import os
import sys
from typing import Any

_FLAGS = {"--staged": "staged"}
_VALUES = {
    "--only": ("only", ("keys", "flows")),
    "--format": ("fmt", ("text", "json", "sarif", "github")),
    "--engine": ("engine", ("auto", "hyperscan", "re2", "python")),
}


def quick() -> bool:
    """False where click has to look at the arguments."""
    read = _read(sys.argv[1:])
    if read is None:
        return False
    paths, options = read
    env = dict(os.environ)
    from ci_tokengate.cli.guard import guarded

    def command() -> None:
        from ci_tokengate.cli.scan_run import DEFAULTS, run

        run(env, paths, {**DEFAULTS, "policy": env.get("TOKENGATE_POLICY", ""), **options})

    guarded(command, env)
    return True


def _read(args: list[str]) -> tuple[tuple[str, ...], dict[str, Any]] | None:
    if args[:1] != ["scan"]:
        return None
    paths: list[str] = []
    options: dict[str, Any] = {}
    rest = iter(args[1:])
    for arg in rest:
        if arg in _FLAGS:
            options[_FLAGS[arg]] = True
        elif arg in _VALUES:
            name, allowed = _VALUES[arg]
            options[name] = next(rest, None)
            if options[name] not in allowed:
                return None
        elif arg.startswith("-") and arg != "-":
            return None
        else:
            paths.append(arg)
    return tuple(paths), options
