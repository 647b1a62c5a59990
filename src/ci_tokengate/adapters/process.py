"""Running a command with a job key in its environment only."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType

from ci_tokengate.errors import UsageError

_FORWARDED = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGINT")


def run_child(command: Sequence[str], env: Mapping[str, str]) -> int:
    """The command's exit code; 128 + n where signal n ended it, as a shell says it.

    Signals sent to us go on to the command. On a terminal Ctrl-C reaches it without our help.
    Raises UsageError where it cannot be started.
    """
    try:
        child = subprocess.Popen(list(command), env=dict(env))
    except OSError as error:
        raise UsageError(f"{command[0]!r} cannot be started ({error.strerror}).") from error

    def forward(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and sys.stdin.isatty():
            return
        child.send_signal(number)

    numbers = [getattr(signal, name) for name in _FORWARDED if hasattr(signal, name)]
    before = {number: signal.signal(number, forward) for number in numbers}
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def end_politely_on_sigterm() -> None:
    """SIGTERM raises SystemExit, so that a key that was just minted is revoked on the way out."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, stop)
