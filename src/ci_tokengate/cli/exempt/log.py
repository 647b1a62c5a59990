"""`exempt log`."""

from __future__ import annotations

from typing import Any

import click

from ci_tokengate.cli.exempt.shared import granted, open_reviews, repository_option, token_option
from ci_tokengate.cli.governance import governance_options, progress, proxied
from ci_tokengate.cli.options import Env, format_option
from ci_tokengate.cli.printing import print_json
from ci_tokengate.commands import exempt as command
from ci_tokengate.render import exempt_log as render
from ci_tokengate.wiring import proxies
from ci_tokengate.wiring.spend_logs import open_spend_log


@click.command()
@governance_options
@repository_option
@token_option
@format_option
@click.pass_obj
def log(env: Env, /, teams: tuple[str, ...], fmt: str, **options: Any) -> None:
    """Who asked, who agreed, why, and what was run in the window.

    With a GitHub token it says who agreed; with a reading key, what was run and what that cost.
    """
    policy, known = granted(options["policy_path"], every=True)
    wanted = {policy.team(team).name for team in teams}
    for trouble in known.troubles:  # such as a team that has left the policy since
        click.echo(f"! {trouble}", err=True)
    there = proxied(options, policy)
    spend_log = None
    if options["reading_key"].strip():
        spend_log = open_spend_log(there.site, options["reading_key"], "", there.deadline)
    asked = None
    if options["github_token"]:
        asked = open_reviews(env, options, policy, there.deadline)
    found = []
    for one in command.audit(
        [e for e in known.exemptions if not wanted or e.team in wanted],
        policy,
        reviews=asked,
        log=spend_log,
        now=proxies.clock().now(),
        progress=progress("days read"),
    ):
        found.append(one)
        if fmt == "text":
            click.echo("\n".join(render.log_lines(one)))
    if fmt == "json":
        print_json([render.log_json(one) for one in found])
    elif not found:
        click.echo("There is no exemption.")
