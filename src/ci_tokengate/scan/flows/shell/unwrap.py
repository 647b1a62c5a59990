"""What a command really starts: under `env`, `timeout`, `npx`, `docker run`, `bash -c` and their like."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import NamedTuple

from ci_tokengate.scan.flows.agents.actions import IMAGES, image_name
from ci_tokengate.scan.flows.agents.commands import MODULES, PACKAGES, PROGRAMS

ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=", re.ASCII)
_MOST_LAYERS = 12
_TAKES_VALUE = {
    "sudo": ("-u", "-g", "--user", "--group", "-h"),
    "timeout": ("-s", "-k", "--signal", "--kill-after"),
    "nice": ("-n",),
    "ionice": ("-c", "-n"),
    "stdbuf": ("-i", "-o", "-e"),
    "xargs": ("-I", "-n", "-P", "-L", "-d", "-a", "-s", "-E"),
    "env": ("-u", "--unset", "-C", "--chdir", "-S"),
    "npx": ("-p", "--package", "-c", "--call"),
    "bunx": ("-p", "--package"),
    "pipx": ("--spec", "--python", "--pip-args", "--index-url"),
    "uvx": ("--from", "--python", "-p", "--with", "--index-url", "--with-requirements"),
    "uv": ("--with", "--python", "-p", "--extra", "--group", "--project", "--directory", "--env-file", "--package", "--from"),
    "docker": ("-e", "--env", "-v", "--volume", "--name", "-w", "--workdir", "--network", "--net", "-u", "--user", "--mount",
               "--entrypoint", "--env-file", "-p", "--publish", "--platform", "--memory", "-m", "--cpus", "--pull", "-l",
               "--label", "--add-host", "--gpus", "--shm-size", "-h", "--hostname", "--tmpfs", "--ipc", "--cap-add",
               "--security-opt", "--ulimit", "-f", "--file", "--profile"),
    "doppler": ("-p", "-c", "--project", "--config", "-t", "--token"),
    "mise": (),
    "script": (),
    "su": (),
    "retry": ("-t", "-d", "--times", "--delay"),
    "dotenv": ("-f", "--file", "-e"),
}  # fmt: skip
_PLAIN = frozenset({"sudo", "nohup", "time", "nice", "ionice", "stdbuf", "command", "exec", "xargs", "builtin", "unbuffer",
                    "setsid", "doas", "retry", "winpty", "catchsegv", "chronic", "firejail", "&", "."})  # fmt: skip
_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ash", "fish", "pwsh", "powershell"})


class Started(NamedTuple):
    """name: the program, without its folder. sets: variables given for it alone; unset: those taken away.

    script: what a shell in between is told to run. container: None, or the variables a container is given
    (value None: the one outside). gated: whether `ci-tokengate run` starts it.
    """

    name: str
    args: tuple[str, ...]
    sets: tuple[tuple[str, str], ...] = ()
    unset: tuple[str, ...] = ()
    script: str = ""
    container: tuple[tuple[str, str | None], ...] | None = None
    gated: bool = False
    clean: bool = False


def start(words: Sequence[str]) -> Started:
    """Takes off layer after layer."""
    found = Started("", tuple(words))
    for _ in range(_MOST_LAYERS):
        found = _assignments(found)
        if not found.args:
            return found._replace(name="")
        name = posixpath.basename(found.args[0].replace("\\", "/")).lower()
        name = name.removesuffix(".exe").removesuffix(".cmd")
        inner = _layer(name, found)
        if inner is None:
            return found._replace(name=name, args=found.args[1:])
        found = inner
        if found.name:
            return found
    return found


def _assignments(found: Started) -> Started:
    sets, args = list(found.sets), found.args
    nth = 0
    while nth < len(args) and (match := ASSIGNMENT.match(args[nth])):
        sets.append((match[1], args[nth][match.end() :]))
        nth += 1
    return found._replace(sets=tuple(sets), args=args[nth:]) if nth else found


def _layer(name: str, found: Started) -> Started | None:  # noqa: C901 - one wrapper a line
    args = found.args[1:]
    if name == "command" and args[:1] in (("-v",), ("-V",)):
        return None
    if name in _PLAIN:
        return found._replace(args=tuple(_skip(name, args)))
    if name == "timeout" or name == "gtimeout":
        return found._replace(args=tuple(_skip("timeout", args))[1:])
    if name == "env":
        return _env(found, args)
    if name in _SHELLS:
        return _shell(name, found, args)
    if name == "eval":
        return found._replace(name="sh", args=(), script=" ".join(args))
    if name in ("npx", "bunx", "uvx", "pnpx"):
        return _package(found, name, args)
    if name in (
        "npm",
        "pnpm",
        "yarn",
        "bun",
        "pipx",
        "uv",
        "poetry",
        "pdm",
        "hatch",
        "rye",
        "pixi",
    ):
        return _manager(name, found, args)
    if re.fullmatch(r"python[\d.]*|py", name):
        return _module(found, args)
    if name in ("docker", "podman", "nerdctl"):
        return _docker(found, args)
    if name in (
        "doppler",
        "op",
        "dotenv",
        "infisical",
        "vault",
        "aws-vault",
        "chamber",
        "mise",
        "direnv",
        "nix",
        "nix-shell",
        "devbox",
    ):
        return _after_dashes(found, args)
    if name == "ci-tokengate" and args[:1] == ("run",):
        inner = _after_dashes(found, args)
        return inner._replace(gated=True) if inner else None
    if name == "script":
        text = _option(args, ("-c", "-qc", "-qec", "-qefc", "-ec", "-qfec", "-e -c"))
        return found._replace(name="sh", args=(), script=text) if text else None
    return None


def _skip(name: str, args: Sequence[str]) -> Sequence[str]:
    """Arguments from the first that is no option of the wrapper."""
    takes = _TAKES_VALUE.get(name, ())
    nth = 0
    while nth < len(args) and args[nth].startswith("-") and args[nth] != "-":
        if args[nth] == "--":
            return args[nth + 1 :]
        nth += 2 if args[nth] in takes else 1
    return args[nth:]


def _env(found: Started, args: tuple[str, ...]) -> Started:
    unset = list(found.unset)
    for nth, arg in enumerate(args):
        if arg in ("-u", "--unset") and nth + 1 < len(args):
            unset.append(args[nth + 1])
        elif arg.startswith("--unset="):
            unset.append(arg[8:])
        elif not arg.startswith("-") and not ASSIGNMENT.match(arg):
            if nth and args[nth - 1] in ("-u", "--unset", "-C"):
                continue
            break
    clean = args[:1] in (("-i",), ("-",), ("--ignore-environment",))
    rest = tuple(_skip("env", args[1:] if args[:1] == ("-",) else args))
    return found._replace(args=rest, unset=tuple(unset), clean=found.clean or clean)


def _shell(name: str, found: Started, args: tuple[str, ...]) -> Started | None:
    for nth, arg in enumerate(args):
        if not arg.startswith("-"):
            break
        is_script = arg.lower() in ("-command", "--command") or (
            not arg.startswith("--") and arg.endswith("c")
        )
        if is_script and nth + 1 < len(args):
            return found._replace(name="sh", args=(), script=args[nth + 1])
    return None


def _package(found: Started, name: str, args: tuple[str, ...]) -> Started | None:
    call = _option(args, ("-c", "--call"))
    if call and name == "npx":
        return found._replace(name="sh", args=(), script=call)
    rest = tuple(_skip(name, args))
    if not rest:
        return None
    return found._replace(args=(program(rest[0]), *rest[1:]))


def program(package: str) -> str:
    """The program in a package, with or without its version."""
    low = package.lower()
    bare = (
        low
        if low.startswith("http")
        else low[:1] + low[1:].partition("@")[0].partition("==")[0].partition("[")[0]
    )
    return PACKAGES.get(bare, bare)


def _manager(name: str, found: Started, args: tuple[str, ...]) -> Started | None:
    starts = {
        "npm": (("exec",), ("x",)), "pnpm": (("dlx",), ("exec",)), "yarn": (("dlx",), ("exec",)), "bun": (("x",),),
        "pipx": (("run",),), "uv": (("run",), ("tool", "run")), "poetry": (("run",),), "pdm": (("run",),),
        "hatch": (("run",),), "rye": (("run",),), "pixi": (("run",),),
    }  # fmt: skip
    for words in starts[name]:
        if args[: len(words)] == words:
            return _package(found, name, args[len(words) :])
    return None


def _module(found: Started, args: tuple[str, ...]) -> Started | None:
    rest = [a for a in args if a not in ("-u", "-I", "-B", "-E", "-s")]
    if rest[:1] == ["-m"] and len(rest) > 1 and rest[1] in MODULES:
        return found._replace(args=(MODULES[rest[1]], *rest[2:]))
    return None


def _after_dashes(found: Started, args: tuple[str, ...]) -> Started | None:
    if "--" in args:
        return found._replace(args=args[args.index("--") + 1 :])
    for nth, arg in enumerate(args):
        if arg in PROGRAMS:
            return found._replace(args=args[nth:])
    return None


def _docker(found: Started, args: tuple[str, ...]) -> Started | None:
    if args[:1] == ("compose",):
        args = tuple(_skip("docker", args[1:]))
    if args[:2] == ("container", "run"):
        args = args[1:]
    rest = tuple(_skip("docker", args[1:]))
    if args[:1] not in (("run",), ("exec",)) or not rest:
        return None
    entry = _option(args, ("--entrypoint",))
    command = ((entry,) if entry else ()) + rest[1:]
    image = IMAGES.get(image_name(rest[0]))
    if image and (not command or posixpath.basename(command[0]) not in PROGRAMS):
        command = (image.agent.name.partition("-code")[0] or image.agent.name, *command)
    return found._replace(args=command, container=_given(args))


def _given(args: tuple[str, ...]) -> tuple[tuple[str, str | None], ...]:
    """The variables that a container is given; `*` for a file of them."""
    given: list[tuple[str, str | None]] = []
    for nth, arg in enumerate(args):
        following = args[nth + 1] if nth + 1 < len(args) else ""
        text = following if arg in ("-e", "--env") else arg[6:] if arg.startswith("--env=") else ""
        if text:
            head, equals, tail = text.partition("=")
            given.append((head, tail if equals else None))
        elif arg.partition("=")[0] == "--env-file":
            given.append(("*", None))
    return tuple(given)


def _option(args: Sequence[str], names: Sequence[str]) -> str:
    for nth, arg in enumerate(args):
        head, equals, tail = arg.partition("=")
        if head in names:
            return tail if equals else args[nth + 1] if nth + 1 < len(args) else ""
    return ""
