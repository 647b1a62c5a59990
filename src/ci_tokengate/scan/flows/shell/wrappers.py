"""Programs that start another one in a way of their own: `find -exec`, `tmux`, `ssh`, `su -c`, `Start-Process` and their like."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ci_tokengate.scan.flows.agents.commands import PROGRAMS
from ci_tokengate.scan.flows.shell.launchers import (
    REMOTE,
    deno,
    devcontainer,
    expect,
    gcloud,
    git,
    go,
    script,
    sops,
    start_process,
    told,
    trap,
    typescript,
)
from ci_tokengate.scan.flows.shell.started import Started, skipped, value_of

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
    return told(found._replace(container=REMOTE), tuple(skipped(rest, _OF_SSH)) or ("sh",))


def _by_option(found: Started, args: tuple[str, ...]) -> Started | None:
    """`su runner -c 'claude -p'`, `cmd /c claude -p`, `runuser -u runner -- claude -p`."""
    low = [arg.lower() for arg in args]
    for flag in ("-c", "/c", "--command"):
        if flag in low:
            return told(found, args[low.index(flag) + 1 :][: None if flag == "/c" else 1])
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
        return told(found, rest[1:2])
    return told(found, rest) if rest else None


def _each(found: Started, args: tuple[str, ...]) -> Started | None:
    """`concurrently 'claude -p x' 'npm test'`: every argument may be a command."""
    return found.runs(" ; ".join(arg for arg in args if not arg.startswith("-")))


def _rest(found: Started, args: tuple[str, ...]) -> Started | None:
    rest = tuple(skipped(args, ("-n", "--interval", "-p", "--property", "-u", "--unit", "-d", "--distribution")))  # fmt: skip
    return told(found, rest) if rest else None


WRAPPERS: Mapping[str, Callable[[Started, tuple[str, ...]], Started | None]] = {
    "find": _find, "fd": _find, "fdfind": _find, "tmux": _tmux, "screen": _screen, "ssh": _ssh, "sshpass": _rest,
    "su": _by_option, "runuser": _by_option, "sg": _by_option, "cmd": _by_option, "flock": _after_one,
    "chroot": _after_one, "taskset": _after_one, "setarch": _after_one, "hyperfine": _each, "concurrently": _each,
    "watch": _rest, "systemd-run": _rest, "wsl": _rest, "start-process": start_process, "saps": start_process,
    "invoke-expression": script, "iex": script, "deno": deno, "go": go, "git": git, "gcloud": gcloud,
    "script": typescript, "trap": trap, "sops": sops, "devcontainer": devcontainer,
    "expect": expect,
}  # fmt: skip
