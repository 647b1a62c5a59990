"""`docker run`, `docker exec` and `docker compose run`: what is started inside, and which variables it sees."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from ci_tokengate.scan.flows.agents.actions import image_of
from ci_tokengate.scan.flows.agents.commands import PROGRAMS
from ci_tokengate.scan.flows.shell.started import FILE, UNSEEN, Started, skipped, value_of

ENGINES = frozenset({"docker", "podman", "nerdctl", "docker-compose"})
_TAKES = ("-e", "--env", "-v", "--volume", "--name", "-w", "--workdir", "--network", "--net", "-u", "--user", "--mount",
          "--entrypoint", "--env-file", "-p", "--publish", "--platform", "--memory", "-m", "--cpus", "--pull", "-l",
          "--label", "--add-host", "--gpus", "--shm-size", "-h", "--hostname", "--tmpfs", "--ipc", "--cap-add",
          "--security-opt", "--ulimit", "-f", "--file", "--profile")  # fmt: skip


def in_container(name: str, found: Started, args: tuple[str, ...]) -> Started | None:
    """None if it starts nothing. A container that runs already, or one of Compose, has variables of its own."""
    own = name == "docker-compose"
    if own or args[:1] == ("compose",):
        own, args = True, tuple(skipped(args if name == "docker-compose" else args[1:], _TAKES))
    if args[:2] in (("container", "run"), ("container", "exec")):
        args = args[1:]
    rest = tuple(skipped(args[1:], _TAKES))
    if args[:1] not in (("run",), ("exec",)) or not rest:
        return None
    entry = value_of(args, ("--entrypoint",))
    command = ((entry,) if entry else ()) + rest[1:]
    image = image_of(rest[0])
    if image and (not command or posixpath.basename(command[0]) not in PROGRAMS):
        command = (image.agent.name.partition("-code")[0] or image.agent.name, *command)
    elsewhere = ((UNSEEN, None),) if own or args[0] == "exec" else ()
    before = args[: len(args) - len(rest)]
    return found._replace(args=command, container=(*given(before), *elsewhere))


def given(args: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """The variables that a container is given; `FILE` for a file of them."""
    found: list[tuple[str, str | None]] = []
    for nth, arg in enumerate(args):
        following = args[nth + 1] if nth + 1 < len(args) else ""
        text = following if arg in ("-e", "--env") else arg[6:] if arg.startswith("--env=") else ""
        if text:
            head, equals, tail = text.partition("=")
            found.append((head, tail if equals else None))
        elif arg.partition("=")[0] == "--env-file":
            found.append((FILE, None))
    return tuple(found)
