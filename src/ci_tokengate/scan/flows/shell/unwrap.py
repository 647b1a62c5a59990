"""What a command really starts: under `env`, `timeout`, `npx`, `docker run`, `bash -c` and their like."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from ci_tokengate.scan.flows.agents.commands import PROGRAMS
from ci_tokengate.scan.flows.shell.containers import ENGINES, in_container
from ci_tokengate.scan.flows.shell.packages import (
    MANAGERS,
    RUNNERS,
    by_manager,
    by_module,
    by_nix,
    by_runner,
)
from ci_tokengate.scan.flows.shell.shells import ASSIGNMENT, SHELLS, by_env, by_shell
from ci_tokengate.scan.flows.shell.started import UNSEEN, Started, skipped
from ci_tokengate.scan.flows.shell.wrappers import WRAPPERS

_MOST_LAYERS = 12
_TAKES_VALUE = {
    "sudo": ("-u", "-g", "--user", "--group", "-h"),
    "timeout": ("-s", "-k", "--signal", "--kill-after"),
    "nice": ("-n",),
    "ionice": ("-c", "-n"),
    "stdbuf": ("-i", "-o", "-e"),
    "xargs": ("-I", "-n", "-P", "-L", "-d", "-a", "-s", "-E"),
    "parallel": ("-j", "--jobs", "-n", "-N", "-a", "--arg-file", "-I", "--colsep", "--results", "--joblog", "--timeout"),
    "xvfb-run": ("-n", "-s", "-e", "-f", "-p", "-w", "--server-num", "--server-args"),
    "retry": ("-t", "-d", "--times", "--delay"),
}  # fmt: skip
_PLAIN = frozenset({"sudo", "nohup", "time", "nice", "ionice", "stdbuf", "command", "exec", "xargs", "builtin", "unbuffer",
                    "setsid", "doas", "retry", "winpty", "catchsegv", "chronic", "firejail", "&", "call", "parallel",
                    "xvfb-run", "caffeinate", "systemd-inhibit", "annotate-output"})  # fmt: skip
_WITH_SECRETS = frozenset(
    {"doppler", "op", "dotenv", "infisical", "vault", "aws-vault", "chamber", "mise", "direnv", "nix", "nix-shell", "devbox",
     "volta", "fnm", "asdf", "strace", "tini", "dumb-init", "gosu", "su-exec", "proxychains", "proxychains4",
     "torsocks", "bwrap", "unshare", "faketime", "dotenvx", "flox", "conda", "micromamba"}
)  # fmt: skip
_OWN_DASHES = frozenset(
    {
        "git",
        "gh",
        "cargo",
        "go",
        "pytest",
        "jest",
        "make",
        "grep",
        "rg",
        "echo",
        "printf",
        "bazel",
        "tox",
    }
)
"""What follows their `--` is an argument of theirs, or of a test."""

_REMOTE = frozenset({"kubectl", "oc", "flyctl", "gcloud"})
"""They start it on another machine, with an environment of its own."""

_PYTHON = re.compile(r"python[\d.]*|py")


def start(words: Sequence[str]) -> Started:
    """Takes off layer after layer."""
    found = Started("", tuple(words))
    for _ in range(_MOST_LAYERS):
        found = _assignments(found)
        if not found.args:
            return found._replace(name="")
        path = found.args[0].replace("\\", "/")
        name = posixpath.basename(path).lower().removesuffix(".exe").removesuffix(".cmd")
        inner = _layer(name, found)
        if inner is None:
            return found._replace(name=name, args=found.args[1:], path=path)
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
        rest = tuple(skipped(args, _TAKES_VALUE.get(name, ())))
        whole = name == "parallel" and " " in "".join(rest[:1])
        return found.runs(rest[0]) if whole else found._replace(args=rest)
    if name in ("timeout", "gtimeout"):
        return found._replace(args=tuple(skipped(args, _TAKES_VALUE["timeout"]))[1:])
    if name == "env":
        return by_env(found, args)
    if name in SHELLS:
        return by_shell(found, args)
    if name == "eval":
        return found.runs(" ".join(args))
    if name in RUNNERS:
        return by_runner(found, name, args)
    if name in MANAGERS:
        return by_manager(found, name, args)
    if _PYTHON.fullmatch(name):
        return by_module(found, args)
    if name == "node" and args[:1] and args[0].endswith("_harness.cjs"):
        return found._replace(args=args[1:])  # of gh-aw's compiled workflows
    if name in ENGINES:
        return in_container(name, found, args)
    if name == "nix" and args[:1] == ("run",):
        return by_nix(found, args[1:])
    if name in _WITH_SECRETS:
        return _after_dashes(found, args)
    if name == "ci-tokengate" and args[:1] == ("run",):
        inner = _after_dashes(found, args)
        return inner._replace(gated=True) if inner else None
    if name in WRAPPERS:
        inner = WRAPPERS[name](found, args)
        return inner if inner is not None else _behind_dashes(name, found, args)
    return _behind_dashes(name, found, args)


def _behind_dashes(name: str, found: Started, args: tuple[str, ...]) -> Started | None:
    """A wrapper that nobody listed: what follows its `--` is started, if that is an agent or leads to one."""
    if "--" not in args or name in PROGRAMS or name in _OWN_DASHES:
        return None
    inner = args[args.index("--") + 1 :]
    head = posixpath.basename(inner[0]).lower() if inner else ""
    if head not in PROGRAMS and head not in SHELLS and head not in RUNNERS and head not in MANAGERS:
        return None
    return found._replace(
        args=inner, container=((UNSEEN, None),) if name in _REMOTE else found.container
    )


def _after_dashes(found: Started, args: tuple[str, ...]) -> Started | None:
    if "--" in args:
        return found._replace(args=args[args.index("--") + 1 :])
    for nth, arg in enumerate(args):
        first = args[nth + 1] if nth + 1 < len(args) else ""
        given = first[:1] == "-" or " " in first or first in ("exec", "e", "run")
        if arg in SHELLS or arg in RUNNERS or (given and arg in PROGRAMS):
            return found._replace(args=args[nth:])
    return None
