"""More programs that start another one: of PowerShell, of package managers, of clouds, and `expect`."""

from __future__ import annotations

import posixpath
import re

from ci_tokengate.scan.flows.agents.commands import PROGRAMS
from ci_tokengate.scan.flows.shell.packages import program
from ci_tokengate.scan.flows.shell.started import UNSEEN, Started, skipped, value_of

_SPAWN = re.compile(r"(^|[;\n])[ \t]*spawn[ \t]+(?:-noecho[ \t]+)?")
REMOTE = ((UNSEEN, None),)
"""Another machine has an environment of its own."""


def told(found: Started, words: tuple[str, ...]) -> Started:
    """One word with a whole command in it, or the command's words."""
    return found.runs(words[0]) if len(words) == 1 and " " in words[0] else found._replace(args=words)  # fmt: skip


def start_process(found: Started, args: tuple[str, ...]) -> Started | None:
    """`Start-Process -FilePath codex -ArgumentList 'exec','fix'`."""
    low = {arg.lower(): nth for nth, arg in enumerate(args) if arg.startswith("-")}
    nth = next((low[flag] for flag in ("-filepath", "-file") if flag in low), -1)
    path = args[nth + 1 : nth + 2]
    given = next((low[f] for f in ("-argumentlist", "-args") if f in low), len(args))
    words = [w.strip("'\"@() ") for arg in args[given + 1 : given + 2] for w in arg.split(",")]
    if len(words) == 1:
        words = words[0].split()
    return found._replace(args=(*path, *words)) if path and not path[0].startswith("-") else None


def typescript(found: Started, args: tuple[str, ...]) -> Started | None:
    """`script -qec 'claude -p' /dev/null`."""
    nth = next(
        (n for n, a in enumerate(args) if a[:1] == "-" and a[:2] != "--" and a[-1:] == "c"), -1
    )
    text = args[nth + 1 : nth + 2] if nth >= 0 else (value_of(args, ("--command",)),)
    if any(text):
        return found.runs(text[0])
    rest = tuple(skipped(args, ()))[1:]  # as on macOS: the file, the command
    return found._replace(args=rest) if rest else None


def script(found: Started, args: tuple[str, ...]) -> Started | None:
    return found.runs(" ".join(arg for arg in args if arg.lower() != "-command"))


def trap(found: Started, args: tuple[str, ...]) -> Started | None:
    return found.runs(args[0]) if args and " " in args[0] else None


def sops(found: Started, args: tuple[str, ...]) -> Started | None:
    """`sops exec-env FILE 'claude -p'`."""
    return told(found, args[-1:]) if args[:1] in (("exec-env",), ("exec-file",)) else None


def devcontainer(found: Started, args: tuple[str, ...]) -> Started | None:
    takes = (
        "--workspace-folder",
        "--config",
        "--container-id",
        "--id-label",
        "--remote-env",
        "--docker-path",
    )
    rest = tuple(skipped(args[1:], takes)) if args[:1] == ("exec",) else ()
    return found._replace(args=rest, container=REMOTE) if rest else None


def expect(found: Started, args: tuple[str, ...]) -> Started | None:
    text = value_of(args, ("-c",))
    return found.runs(spawned(text)) if text else None


def spawned(text: str) -> str:
    """A script of `expect` as one of a shell, as far as it starts programs."""
    return _SPAWN.sub(r"\1", text)


def deno(found: Started, args: tuple[str, ...]) -> Started | None:
    """`deno run -A npm:@openai/codex exec`."""
    nth = next((n for n, arg in enumerate(args) if arg.startswith("npm:")), -1)
    return found._replace(args=(program(args[nth][4:]), *args[nth + 1 :])) if nth >= 0 else None


def go(found: Started, args: tuple[str, ...]) -> Started | None:
    """`go run github.com/charmbracelet/crush@latest run`."""
    rest = skipped(args[1:], ("-C", "-ldflags", "-tags", "-mod")) if args[:1] == ("run",) else ()
    name = posixpath.basename(rest[0].partition("@")[0]) if rest and "/" in rest[0] else ""
    return found._replace(args=(name, *rest[1:])) if name in PROGRAMS else None


def git(found: Started, args: tuple[str, ...]) -> Started | None:
    if args[:2] in (("bisect", "run"), ("submodule", "foreach")):
        rest = tuple(skipped(args[2:], ()))
        return told(found, rest) if rest else None
    return None


def gcloud(found: Started, args: tuple[str, ...]) -> Started | None:
    text = value_of(args, ("--command",)) if args[:2] == ("compute", "ssh") else ""
    return found._replace(container=REMOTE).runs(text) if text else None
