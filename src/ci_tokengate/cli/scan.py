"""`scan`, and `scan baseline update`. Its own room: it imports no network code until a key is revoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from ci_tokengate.cli.scan_run import POLICY, run
from ci_tokengate.scan.suppress import OTHERS
from ci_tokengate.wiring.engines import NAMES


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--staged", is_flag=True, help="What is about to be committed.")
@click.option("--diff", "base", default="", help="What came since BASE.", metavar="BASE")
@click.option(
    "--history",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[RANGE]",
    help="Every commit, or those of RANGE; keys only.",
)
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
)
@click.option("--output", default="", help="Write the report to this file.", metavar="FILE")
@click.option("--baseline", default="", help="Tell only what is new.", metavar="FILE")
@click.option("--policy", default="", envvar="TOKENGATE_POLICY", help=f"Default: {POLICY}.")
@click.option(
    "--honor", multiple=True, type=click.Choice([*OTHERS]), help="Inline allows of others."
)
@click.option("--engine", type=click.Choice(NAMES), default="auto", show_default=True)
@click.option("--only", type=click.Choice(["keys", "flows"]), help="TG001 and TG002, or the rest.")
@click.option("--fix", is_flag=True, help="Put workflows behind the gate; shows a diff first.")
@click.option("--diff-only", is_flag=True, help="Only show what --fix would change.")
@click.option("--revoke-found", is_flag=True, help="End keys that are the proxy's own.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--proxy-url", envvar="TOKENGATE_PROXY_URL", default="", help="For --revoke-found.")
@click.option("--proxy-key", envvar="TOKENGATE_PROXY_KEY", default="", help="For --revoke-found.")
@click.pass_obj
def scan(env: Mapping[str, str], /, paths: tuple[str, ...], **options: Any) -> None:
    """Find keys of providers, and ways past the proxy, in files and changes.

    `scan baseline update [PATHS]` writes all that is found into the baseline. `-` is standard input.
    """
    run(env, paths, options)
