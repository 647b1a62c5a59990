"""`baseline`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ci_tokengate.cli.governance import governance_options, progress, proxied
from ci_tokengate.cli.options import format_option
from ci_tokengate.cli.printing import print_json
from ci_tokengate.commands import baseline as command
from ci_tokengate.core.governance.baseline import FULL_DAYS
from ci_tokengate.render import baseline as render
from ci_tokengate.wiring import policies, proxies


@click.command()
@click.option(
    "--days",
    type=click.IntRange(7, 366),
    default=FULL_DAYS,
    show_default=True,
    help="Complete days before today, in UTC.",
)
@governance_options
@format_option
def baseline(days: int, fmt: str, teams: tuple[str, ...], **options: Any) -> None:
    """What each team spends when nothing stops it, and the plan that follows.

    Needs a reading key. Without a policy, teams are told by their names at the proxy.
    """
    path = options["policy_path"]
    needed = path != policies.DEFAULT_POLICY or Path(path).exists()
    policy = policies.local_policy(path) if needed else None
    today = proxies.clock().now().date()
    found = command.baseline(
        proxied(options, policy).to_read(),
        policy,
        today=today,
        days=days,
        teams=teams,
        progress=progress("weeks read"),
    )
    if fmt == "json":
        print_json(render.as_json(found))
    else:
        click.echo("\n".join(render.lines(found, today=today)))
