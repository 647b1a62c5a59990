"""`collect`."""

from __future__ import annotations

import re
import sys
from datetime import date, datetime, timedelta, timezone
from typing import Any

import click

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.cli.garbage import seldom_collected
from ci_tokengate.cli.options import (
    Env,
    Options,
    connection_options,
    format_option,
    ledger_option,
    names_option,
)
from ci_tokengate.cli.printing import print_json
from ci_tokengate.cli.progress import day_progress
from ci_tokengate.commands import collect as command
from ci_tokengate.core.ledger.collected import Collected
from ci_tokengate.core.policy import Policy
from ci_tokengate.errors import UsageError
from ci_tokengate.render.collected import collected_lines
from ci_tokengate.render.collected_json import collected_json
from ci_tokengate.wiring import policies, proxies
from ci_tokengate.wiring.ledgers import open_ledger
from ci_tokengate.wiring.spend_logs import open_pull_history, open_spend_log

_SECONDS = 3600.0
"""A LiteLLM takes a second or two for a thousand rows."""
_DAYS = re.compile(r"(\d{1,4})d", re.ASCII)


@click.command()
@click.option(
    "--since", default="7d", show_default=True, help="First UTC day: 2026-11-01, or 30d ago."
)
@click.option("--until", default="", help="Last UTC day. Default: today.")
@click.option("--repository", multiple=True, help="owner/name; only its pull requests. Repeatable.")
@click.option("--zone", default="", help="Of a new ledger, such as Europe/Berlin. Default: UTC.")
@click.option(
    "--reading-key",
    envvar="TOKENGATE_READING_KEY",
    default="",
    help="Sees all teams; better in the variable. Default: the minting key, which sees its own keys.",
)
@names_option
@click.option("--strict", is_flag=True, help="Exit 1 where a settled day differs from the proxy's.")
@ledger_option
@connection_options(_SECONDS)
@format_option
@click.pass_obj
def collect(env: Env, /, fmt: str, strict: bool, **options: Any) -> None:
    """Read the proxy's log and the pull requests into the ledger.

    Run it as often as you like, on as many machines: what is there is not added twice, and a run that
    was ended goes on where it was.
    """
    deadline = Deadline(options["timeout"])
    policy = policies.optional_policy(options["policy_path"])
    site = proxies.site(options["kind"], options["proxy_url"], policy)
    log = open_spend_log(site, options["reading_key"], options["proxy_key"], deadline)
    token, api_url = options["github_token"], env.get("GITHUB_API_URL", "")
    history = open_pull_history(api_url, token, deadline) if token else None
    wanted = _wanted(options, policy)
    zone = options["zone"]
    with (
        seldom_collected(),
        open_ledger(options["ledger_url"], create_zone=zone or "UTC") as ledger,
        day_progress((wanted.end or _today() + timedelta(days=1)) - wanted.first) as progress,
    ):
        if zone not in ("", ledger.facts().zone):
            raise UsageError(
                f"The ledger's zone is {ledger.facts().zone}, not {zone}.",
                hint="Leave --zone out, or collect into another ledger: a zone is for a whole life.",
            )
        found = command.collect(log, history, ledger, wanted, progress=progress)
    if fmt == "json":
        print_json(collected_json(found))
    else:
        click.echo("\n".join(collected_lines(found)))
        if history is None:
            click.echo("  ! Without GITHUB_TOKEN no pull requests were read.")
    _end(found, strict=strict)


def _end(found: Collected, *, strict: bool) -> None:
    """Raises the first trouble: its sentence and its exit code are the command's."""
    for trouble in found.troubles:
        raise trouble
    if strict and any(not line.provisional for line in found.reconciliation.differing):
        sys.exit(1)


def _wanted(options: Options, policy: Policy | None) -> command.Wanted:
    until = _day(options["until"], "--until") + timedelta(days=1) if options["until"] else None
    for name in options["repository"]:
        if name.count("/") != 1 or "" in name.split("/"):
            raise UsageError(f"--repository is {name[:60]!r}.", hint="Give owner/name.")
    return command.Wanted(
        first=_day(options["since"], "--since"),
        end=until,
        repositories=options["repository"] or None,
        teams=tuple(policy.teams.values()) if policy else (),
        owners=policy.owners if policy else (),
    )


def _day(text: str, what: str) -> date:
    ago = _DAYS.fullmatch(text.strip())
    try:
        return _today() - timedelta(days=int(ago[1])) if ago else date.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise UsageError(
            f"{what} is {text[:40]!r}, which is no day.", hint="Write 2026-11-01, or 30d."
        ) from None


def _today() -> date:
    return datetime.now(timezone.utc).date()
