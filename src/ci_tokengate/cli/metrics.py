"""`metrics`."""

from __future__ import annotations

from typing import Any

import click

from ci_tokengate.adapters.whole_files import write_whole
from ci_tokengate.cli.options import Env, ledger_option, names_option
from ci_tokengate.commands.metrics import metrics as command
from ci_tokengate.commands.report import report
from ci_tokengate.errors import UsageError
from ci_tokengate.wiring import ledgers, policies, proxies
from ci_tokengate.wiring import metrics as wiring


@click.command()
@click.option(
    "--format", "fmt", type=click.Choice(["openmetrics"]), default="openmetrics", show_default=True
)
@click.option("--to", "path", default="", help="File, moved into place; else standard output.")
@click.option("--otlp", "endpoint", default="", help="Push to a collector: http://collector:4318.")
@click.option(
    "--month",
    default="",
    help="2026-10, or last, in the ledger's zone; the running one by default.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 600),
    default=10.0,
    show_default=True,
    help="Seconds for the collector.",
)
@ledger_option
@names_option
@click.pass_obj
def metrics(env: Env, /, fmt: str, path: str, endpoint: str, month: str, **options: Any) -> None:
    """Spend, plan, tier, coverage and cost per merged pull request by team, for dashboards.

    The figures are those of `report`. Labels name teams, never a pull request, a run or a person.
    """
    policy = policies.optional_policy(options["policy_path"])
    with ledgers.open_ledger(options["ledger_url"], create_zone=None) as ledger, ledger.snapshot():
        found = report(ledger, policy, proxies.clock(), month=month)
        figures = command(ledger, found)
    if not found.teams:
        raise UsageError(f"The ledger has no figures of {found.month}.", hint="Run collect first.")
    if path or not endpoint:
        text = wiring.as_text(figures)
        if path:
            write_whole(path, text)
        else:
            click.echo(text.decode(), nl=False)
    if endpoint:
        count = sum(len(metric.points) for metric in figures)
        at = wiring.send(figures, endpoint, at=found.made_at, seconds=options["timeout"])
        click.echo(f"✔ {count} figures of {found.month} went to {at}.", err=not path)
