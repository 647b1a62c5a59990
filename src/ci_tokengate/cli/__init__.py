"""The command line."""

from __future__ import annotations


def main() -> None:
    """A plain scan starts without click, whose import takes as long as to scan a small tree.

    At its end, Python looks through all that there is for garbage: a fifth of a short command, so all is set aside.
    """
    import atexit
    import gc

    from ci_tokengate.cli.quick import quick

    atexit.register(gc.freeze)
    _say_what_can_be_said()
    if not quick():
        from ci_tokengate.cli.app import main as whole

        whole()


def _say_what_can_be_said() -> None:
    """A pipe on Windows takes no `✖`; that is no reason to fail."""
    import sys

    for stream in (sys.stdout, sys.stderr):
        if (getattr(stream, "encoding", "") or "").lower().replace("-", "") != "utf8":
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure:
                reconfigure(errors="backslashreplace")


__all__ = ["main"]
