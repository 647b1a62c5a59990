"""Programs that start another one in a way of their own: `find -exec`, `tmux`, `ssh`, `su -c`, `Start-Process` and their like."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

from ci_tokengate.scan.flows.agents.commands import PROGRAMS
from ci_tokengate.scan.flows.shell.packages import program
from ci_tokengate.scan.flows.shell.started import UNSEEN, Started, skipped, value_of

_EXEC = ("-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch")
_TMUX = ("new-session", "new", "new-window", "neww", "split-window", "splitw", "respawn-pane", "send-keys", "send",
         "run-shell", "run", "respawn-window")  # fmt: skip
_OF_TMUX = ("-s", "-n", "-t", "-c", "-x", "-y", "-e", "-F", "-l", "-L", "-S", "-f")
_KEYS = frozenset({"Enter", "C-m", "ENTER", "C-c", "Space"})
_OF_SSH = (
    "-i",
    "-p",
    "-l",
    "-o",
    "-F",
    "-J",
    "-L",
    "-R",
    "-D",
    "-E",
    "-b",
    "-c",
    "-m",
    "-w",
    "-W",
    "-S",
    "-e",
    "-B",
)
_SPAWN = re.compile(r"(^|[;\n])[ \t]*spawn[ \t]+(?:-noecho[ \t]+)?")
_REMOTE = ((UNSEEN, None),)
"""Another machine has an environment of its own."""


def _find(found: Started, args: tuple[str, ...]) -> Started | None:
    nth = next((n for n, arg in enumerate(args) if arg in _EXEC), len(args))
    inner = args[nth + 1 :]
    stop = next((n for n, arg in enumerate(inner) if arg in (";", "+")), len(inner))
    return found._replace(args=inner[:stop]) if inner[:stop] else None


def _tmux(found: Started, args: tuple[str, ...]) -> Started | None:
    scripts, part = [], list[str]()
    for arg in (*args, ";"):
        if arg != ";":
            part.append(arg)
            continue
        rest = skipped(part, _OF_TMUX)
        if rest and rest[0] in _TMUX:
            scripts.append(" ".join(w for w in skipped(rest[1:], _OF_TMUX) if w not in _KEYS))
        part = []
    return found.runs(" ; ".join(scripts)) if any(scripts) else None


def _screen(found: Started, args: tuple[str, ...]) -> Started | None:
    rest = skipped(args, ("-S", "-dmS", "-DmS", "-c", "-h", "-t", "-L", "-Logfile"))
    return found._replace(args=tuple(rest)) if rest else None


def _ssh(found: Started, args: tuple[str, ...]) -> Started | None:
    """Without a command it is the shell over there, fed by what follows."""
    rest = tuple(skipped(args, _OF_SSH))[1:]
    return _told(found._replace(container=_REMOTE), tuple(skipped(rest, _OF_SSH)) or ("sh",))


def _told(found: Started, words: tuple[str, ...]) -> Started:
    """One word with a whole command in it, or the command's words."""
    return found.runs(words[0]) if len(words) == 1 and " " in words[0] else found._replace(args=words)  # fmt: skip


def _by_option(found: Started, args: tuple[str, ...]) -> Started | None:
    """`su runner -c 'claude -p'`, `cmd /c claude -p`, `runuser -u runner -- claude -p`."""
    low = [arg.lower() for arg in args]
    for flag in ("-c", "/c", "--command"):
        if flag in low:
            return _told(found, args[low.index(flag) + 1 :][: None if flag == "/c" else 1])
    text = value_of(args, ("--command", "--session-command"))
    if text:
        return found.runs(text)
    if "--" in args:
        return found._replace(args=args[args.index("--") + 1 :])
    nth = next((n for n, arg in enumerate(args) if arg in PROGRAMS), len(args))
    return found._replace(args=args[nth:]) if args[nth:] else None


def _after_one(found: Started, args: tuple[str, ...]) -> Started | None:
    """`flock FILE claude -p`: options, one word of its own, the command."""
    rest = tuple(skipped(args, ("-w", "-E", "--timeout", "-p", "-l", "-n")))[1:]
    if rest[:1] in (("-c",), ("--command",)):
        return _told(found, rest[1:2])
    return _told(found, rest) if rest else None


def _each(found: Started, args: tuple[str, ...]) -> Started | None:
    """`concurrently 'claude -p x' 'npm test'`: every argument may be a command."""
    return found.runs(" ; ".join(arg for arg in args if not arg.startswith("-")))


def _rest(found: Started, args: tuple[str, ...]) -> Started | None:
    rest = tuple(skipped(args, ("-n", "--interval", "-p", "--property", "-u", "--unit", "-d", "--distribution")))  # fmt: skip
    return _told(found, rest) if rest else None


def _start_process(found: Started, args: tuple[str, ...]) -> Started | None:
    """`Start-Process -FilePath codex -ArgumentList 'exec','fix'`."""
    low = {arg.lower(): nth for nth, arg in enumerate(args) if arg.startswith("-")}
    nth = next((low[flag] for flag in ("-filepath", "-file") if flag in low), -1)
    path = args[nth + 1 : nth + 2]
    given = next((low[f] for f in ("-argumentlist", "-args") if f in low), len(args))
    words = [w.strip("'\"@() ") for arg in args[given + 1 : given + 2] for w in arg.split(",")]
    if len(words) == 1:
        words = words[0].split()
    return found._replace(args=(*path, *words)) if path and not path[0].startswith("-") else None


def _typescript(found: Started, args: tuple[str, ...]) -> Started | None:
    """`script -qec 'claude -p' /dev/null`."""
    nth = next(
        (n for n, a in enumerate(args) if a[:1] == "-" and a[:2] != "--" and a[-1:] == "c"), -1
    )
    text = args[nth + 1 : nth + 2] if nth >= 0 else (value_of(args, ("--command",)),)
    if any(text):
        return found.runs(text[0])
    rest = tuple(skipped(args, ()))[1:]  # as on macOS: the file, the command
    return found._replace(args=rest) if rest else None


def _script(found: Started, args: tuple[str, ...]) -> Started | None:
    return found.runs(" ".join(arg for arg in args if arg.lower() != "-command"))


def _trap(found: Started, args: tuple[str, ...]) -> Started | None:
    return found.runs(args[0]) if args and " " in args[0] else None


def _sops(found: Started, args: tuple[str, ...]) -> Started | None:
    """`sops exec-env FILE 'claude -p'`."""
    return _told(found, args[-1:]) if args[:1] in (("exec-env",), ("exec-file",)) else None


def _devcontainer(found: Started, args: tuple[str, ...]) -> Started | None:
    takes = (
        "--workspace-folder",
        "--config",
        "--container-id",
        "--id-label",
        "--remote-env",
        "--docker-path",
    )
    rest = tuple(skipped(args[1:], takes)) if args[:1] == ("exec",) else ()
    return found._replace(args=rest, container=_REMOTE) if rest else None


def _expect(found: Started, args: tuple[str, ...]) -> Started | None:
    text = value_of(args, ("-c",))
    return found.runs(spawned(text)) if text else None


def spawned(text: str) -> str:
    """A script of `expect` as one of a shell, as far as it starts programs."""
    return _SPAWN.sub(r"\1", text)


def _deno(found: Started, args: tuple[str, ...]) -> Started | None:
    """`deno run -A npm:@openai/codex exec`."""
    nth = next((n for n, arg in enumerate(args) if arg.startswith("npm:")), -1)
    return found._replace(args=(program(args[nth][4:]), *args[nth + 1 :])) if nth >= 0 else None


def _go(found: Started, args: tuple[str, ...]) -> Started | None:
    """`go run github.com/charmbracelet/crush@latest run`."""
    rest = skipped(args[1:], ("-C", "-ldflags", "-tags", "-mod")) if args[:1] == ("run",) else ()
    name = posixpath.basename(rest[0].partition("@")[0]) if rest and "/" in rest[0] else ""
    return found._replace(args=(name, *rest[1:])) if name in PROGRAMS else None


def _git(found: Started, args: tuple[str, ...]) -> Started | None:
    if args[:2] in (("bisect", "run"), ("submodule", "foreach")):
        rest = tuple(skipped(args[2:], ()))
        return _told(found, rest) if rest else None
    return None


def _gcloud(found: Started, args: tuple[str, ...]) -> Started | None:
    text = value_of(args, ("--command",)) if args[:2] == ("compute", "ssh") else ""
    return found._replace(container=_REMOTE).runs(text) if text else None


WRAPPERS: Mapping[str, Callable[[Started, tuple[str, ...]], Started | None]] = {
    "find": _find, "fd": _find, "fdfind": _find, "tmux": _tmux, "screen": _screen, "ssh": _ssh, "sshpass": _rest,
    "su": _by_option, "runuser": _by_option, "sg": _by_option, "cmd": _by_option, "flock": _after_one,
    "chroot": _after_one, "taskset": _after_one, "setarch": _after_one, "hyperfine": _each, "concurrently": _each,
    "watch": _rest, "systemd-run": _rest, "wsl": _rest, "start-process": _start_process, "saps": _start_process,
    "invoke-expression": _script, "iex": _script, "deno": _deno, "go": _go, "git": _git, "gcloud": _gcloud,
    "script": _typescript, "trap": _trap, "sops": _sops, "devcontainer": _devcontainer,
    "expect": _expect,
}  # fmt: skip
