"""The command line. Exit codes: 0 passed · 1 refused · 2 usage or configuration · 3 undecided."""

from __future__ import annotations

import os
from importlib import import_module

import click

from ci_tokengate import __version__
from ci_tokengate.cli.guard import guarded

_COMMANDS = (
    *("gate", "mint", "run", "revoke", "sweep", "cost", "comment", "scan", "inventory"),
    *("ledger", "collect", "report", "export", "metrics", "baseline", "budget", "exempt", "watch"),
    *("init", "doctor", "policy", "demo"),
)


class _Lazy(click.Group):
    """Each command's module is imported when the command is wanted: a scan should not pay for a network."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        found: click.Command = getattr(import_module(f"ci_tokengate.cli.{cmd_name}"), cmd_name)
        return found


@click.group(
    cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="ci-tokengate")
def app() -> None:
    """Short-lived, capped, proxy-scoped LLM keys for CI jobs, behind a budget gate.

    Exit codes: 0 passed, 1 refused, 2 usage or configuration, 3 undecided.
    """


def main() -> None:
    """Maps every failure to its exit code, without a traceback and without a secret."""
    env = dict(os.environ)
    guarded(lambda: app(standalone_mode=False, obj=env), env)
