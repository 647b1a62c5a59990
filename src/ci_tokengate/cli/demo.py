"""`demo`."""

from __future__ import annotations

import sys

import click

from ci_tokengate.cli.options import Env
from ci_tokengate.errors import UsageError


@click.command(short_help="The life of a pull request, on a sandbox.")
@click.option(
    "--proxy",
    type=click.Choice(["litellm", "portkey"]),
    default="litellm",
    show_default=True,
    help="Whose sandbox it is played on.",
)
@click.pass_obj
def demo(env: Env, /, proxy: str) -> None:
    """The life of a pull request, on the embedded sandbox: nothing to set up, nothing is spent."""
    try:
        from ci_tokengate.sandbox.demo import demo as command
    except ImportError as error:
        raise UsageError(
            f"The sandbox is not installed ({error.name}).",
            hint="Install it with: pip install 'ci-tokengate[sandbox]'",
        ) from error
    sys.exit(command(env, proxy=proxy))
