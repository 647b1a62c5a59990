"""The variables that a container gets by their names alone: `docker run -e NAME`, `docker build --secret id=a,env=NAME`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.flows.shell.model import Ran

_CONTAINERS = frozenset({"docker", "podman", "nerdctl", "buildah", "docker-compose"})
_OPTIONS = ("-e", "--env", "--build-arg")
_JOINED = re.compile(r"(?:--env=|--build-arg=|-e=?)([A-Za-z_]\w*)")
_NAME = re.compile(r"[A-Za-z_]\w*")


def passed_on(ran: Ran) -> Iterator[str]:
    """Names whose values are those that the job has."""
    if ran.name not in _CONTAINERS:
        return
    before = ""
    for arg in ran.args:
        match = _NAME.fullmatch(arg) if before in _OPTIONS else _JOINED.fullmatch(arg)
        if match:
            yield match[match.lastindex or 0]
        elif before == "--secret" or arg.startswith("--secret="):
            for part in arg.removeprefix("--secret=").split(","):
                name, _, variable = part.partition("=")
                if name == "env":
                    yield variable
        before = arg
