"""The variables that a container gets by their names alone: `docker run -e NAME`, `docker build --secret id=a,env=NAME`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ci_tokengate.scan.flows.shell.model import Ran

_CONTAINERS = frozenset({"docker", "podman", "nerdctl", "buildah", "docker-compose"})
_WRAPPED = 8
"""Words that `sudo` and its like may have before it."""

_OPTIONS = ("-e", "--env", "--build-arg")
_JOINED = re.compile(r"(?:--env=|--build-arg=|-e=?)([A-Za-z_]\w*)")
_NAME = re.compile(r"[A-Za-z_]\w*")


def passed_on(ran: Ran) -> Iterator[str]:
    """Names whose values are those that the job has."""
    words = iter(ran.command.words)
    if not any(word.rpartition("/")[2] in _CONTAINERS for word in islice(words, _WRAPPED)):
        return
    before = ""
    for arg in words:
        match = _NAME.fullmatch(arg) if before in _OPTIONS else _JOINED.fullmatch(arg)
        if match:
            yield match[match.lastindex or 0]
        elif before == "--secret" or arg.startswith("--secret="):
            for part in arg.removeprefix("--secret=").split(","):
                name, _, variable = part.partition("=")
                if name == "env":
                    yield variable
        before = arg
