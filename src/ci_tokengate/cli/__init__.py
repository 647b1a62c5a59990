"""The command line."""

from __future__ import annotations


def main() -> None:
    """A plain scan starts without click, whose import takes as long as to scan a small tree."""
    from ci_tokengate.cli.quick import quick

    if not quick():
        from ci_tokengate.cli.app import main as whole

        whole()


__all__ = ["main"]
