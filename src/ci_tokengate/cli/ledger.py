"""`ledger init`, `ledger info`, `ledger close-month` and `ledger forget`."""

from __future__ import annotations

from datetime import date, datetime

import click

from ci_tokengate.cli.options import format_option, ledger_option
from ci_tokengate.cli.printing import print_json
from ci_tokengate.core.ledger.actors import ACTORS
from ci_tokengate.core.ledger.months import zone_named
from ci_tokengate.core.ledger.survey import survey
from ci_tokengate.errors import UsageError
from ci_tokengate.render.ledger import settings_line, survey_json, survey_lines
from ci_tokengate.wiring.ledgers import open_ledger


@click.group()
def ledger() -> None:
    """Where spend is kept: made, looked at, closed by month, and cut by age."""


@ledger.command()
@ledger_option
@click.option("--zone", default="UTC", show_default=True, help="Its days, such as Europe/Berlin.")
@click.option(
    "--actors",
    type=click.Choice(ACTORS),
    default="drop",
    show_default=True,
    help="What becomes of people's names. Neither can be changed later.",
)
def init(ledger_url: str, zone: str, actors: str) -> None:
    """Make a ledger. Where there is one already, it has to be of the same zone and setting."""
    zone_named(zone)
    with open_ledger(ledger_url, create_zone=zone, actors=actors) as found:
        facts = found.facts()
    for what, wanted, has in (("zone", zone, facts.zone), ("actors", actors, facts.actors)):
        if wanted != has:
            raise UsageError(
                f"There is a ledger already, and its {what} is {has}, not {wanted}.",
                hint="Make another and fill it by collect: these settings are for its whole life.",
            )
    click.echo(f"✔ The ledger is ready: {settings_line(facts)}.")


@ledger.command()
@ledger_option
@format_option
def info(ledger_url: str, fmt: str) -> None:
    """Its settings, what it holds, and the months that are closed. Exits 2 where there is none."""
    with open_ledger(ledger_url, create_zone=None) as found:
        seen = survey(found.facts(), found.spent_by_team(date.min, date.max))
    if fmt == "json":
        print_json(survey_json(seen))
    else:
        click.echo("\n".join(survey_lines(seen)))


@ledger.command("close-month")
@click.argument("month")
@click.option("--unread", is_flag=True, help="Though days of it were not read to their end.")
@ledger_option
def close_month(ledger_url: str, month: str, unread: bool) -> None:
    """Close a month, such as 2026-10: what comes for it later becomes a correction.

    Exits 2 where it has not ended, has entries that may still grow, or days that were not read to their end.
    """
    with open_ledger(ledger_url, create_zone=None) as found:
        found.close_month(month, unread=unread)
    click.echo(f"✔ {month} is closed. What comes for it later is booked as a correction.")


@ledger.command()
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The first local day that is kept.",
)
@ledger_option
def forget(ledger_url: str, before: datetime) -> None:
    """Remove entries of closed months, with their keys, runs and people. Reports keep their sums."""
    with open_ledger(ledger_url, create_zone=None) as found:
        removed = found.forget_before(before.date())
    click.echo(f"✔ {removed:,} entries were removed; the sums of their days stay.")
