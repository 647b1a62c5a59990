"""The command line."""

from ci_tokengate.cli.app import main

__all__ = ["main"]
