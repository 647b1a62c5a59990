"""The command line. Exit codes: 0 passed · 1 refused · 2 usage or configuration · 3 undecided."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from ci_tokengate import __version__
from ci_tokengate.core.redact import redact
from ci_tokengate.errors import TokengateError

_COMMANDS = (
    *("gate", "mint", "run", "revoke", "sweep", "cost", "comment", "scan", "inventory"),
    *("init", "doctor", "policy", "demo"),
)
_SECRETS = ("TOKENGATE_PROXY_KEY", "GITHUB_TOKEN")


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
    hidden = [env[name].strip() for name in _SECRETS if env.get(name, "").strip()]
    try:
        app(standalone_mode=False, obj=env)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except TokengateError as error:
        mark = "?" if error.exit_code == 3 else "✖"
        click.echo(redact(f"{mark} {error.message}", hidden), err=True)
        if error.hint:
            click.echo(redact(f"  {error.hint}", hidden), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(3)
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback reaches a user
        click.echo(
            f"? ci-tokengate failed by itself ({type(error).__name__}). "
            "This is a bug: please report it with what you ran.",
            err=True,
        )
        sys.exit(3)
