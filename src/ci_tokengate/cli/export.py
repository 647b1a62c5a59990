"""`export focus`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from ci_tokengate.cli.options import Env, ledger_option, names_option
from ci_tokengate.cli.printing import print_json
from ci_tokengate.commands.export import Exported, export_focus
from ci_tokengate.core.money import plain
from ci_tokengate.render.focus.columns import FocusVersion
from ci_tokengate.render.money import usd
from ci_tokengate.wiring import exports, ledgers, policies


@click.group()
def export() -> None:
    """What the ledger holds, for other programs."""


@export.command()
@click.option("--to", "url", required=True, help="Folder, or any fsspec URL: s3://bucket/focus.")
@click.option(
    "--version",
    type=click.Choice([v.value for v in FocusVersion]),
    default=FocusVersion.V1_2.value,
    show_default=True,
    help="Of FOCUS.",
)
@click.option(
    "--format", "fmt", type=click.Choice(["parquet", "csv"]), default="parquet", show_default=True
)
@click.option("--partition", type=click.Choice(["month"]), default="month", show_default=True)
@click.option("--month", "months", multiple=True, help="2026-10, in UTC; all by default.")
@click.option("--json", "as_json", is_flag=True, help="Say what was written as JSON.")
@ledger_option
@names_option
@click.pass_obj
def focus(env: Env, /, url: str, version: str, fmt: str, **options: Any) -> None:
    """The ledger as FOCUS 1.2 or 1.4, one file a month, for a FinOps tool or a data lake.

    A month that is exported again replaces its file whole. Money adds up to the ledger's, exactly.
    """
    destination, write = exports.open_destination(url), exports.row_writer(fmt)
    policy = policies.optional_policy(options["policy_path"])
    teams = {team.id: team for team in policy.teams.values()} if policy else {}

    def name_of(month: str) -> str:
        stem = f"focus-{version}"
        return f"{stem}-{fmt}/billing_period={month}/{stem}-{month}.{fmt}"

    told: list[Exported] = []
    with ledgers.open_ledger(options["ledger_url"], create_zone=None) as ledger:
        for one in export_focus(
            ledger,
            options["months"],
            FocusVersion(version),
            destination,
            name_of=name_of,
            write=write,
            teams=teams,
        ):
            told.append(one)
            if not options["as_json"]:
                click.echo(_line(one))
    if options["as_json"]:
        print_json([_json(one) for one in told])
    elif not told:
        click.echo("  The ledger holds no spend yet: nothing was written.")


def _line(one: Exported) -> str:
    if one.kept:
        return f"{one.month}  left as it is: its entries were removed by `ledger forget`"
    notes = [
        f"{usd(one.open_cost)} provisional" if one.open_cost else "",
        f"{one.corrections:,} corrections" if one.corrections else "",
        f"{one.unpriced:,} calls without a price" if one.unpriced else "",
    ]
    told = "".join(f" · {note}" for note in notes if note)
    return f"{one.month}  {one.rows:,} rows  {usd(one.cost)}{told}  → {one.place}"


def _json(one: Exported) -> dict[str, object]:
    told = asdict(one)
    return {**told, "cost": plain(one.cost), "open_cost": plain(one.open_cost)}
