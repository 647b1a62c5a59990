"""`watch`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import Any

import click

from ci_tokengate.cli.governance import governance_options, progress, proxied
from ci_tokengate.cli.options import Env, Options
from ci_tokengate.cli.printing import print_json
from ci_tokengate.cli.watch_run import Run, opened
from ci_tokengate.cli.watch_told import tell, would
from ci_tokengate.commands import watch as command
from ci_tokengate.core.showback.period import zone_of
from ci_tokengate.core.watch.watched import Watched
from ci_tokengate.core.watch.window import window_at
from ci_tokengate.lifecycle.look import Look
from ci_tokengate.render.watch import as_json, markdown, text
from ci_tokengate.wiring import alerts, proxies


@click.command()
@click.option("--now", "now_too", is_flag=True, help="Judge the day whatever the policy's hour.")
@click.option(
    "--send", "places", type=click.Choice(alerts.PLACES), multiple=True, help="Where it is told."
)
@click.option(
    "--ledger-url",
    "--ledger",
    "ledger_url",
    envvar="TOKENGATE_LEDGER_URL",
    default="",
    help="Remembers what was told, and knows what a day is made of. A password only in the variable.",
)
@click.option("--repository", envvar="GITHUB_REPOSITORY", default="", help="Of the issues.")
@click.option("--dry-run", is_flag=True, help="Tell nobody and remember nothing.")
@click.option(
    "--strict", is_flag=True, help="Exit 1 where a day is out of the ordinary or a tier is news."
)
@governance_options
@click.option(
    "--format", "fmt", type=click.Choice(["text", "json", "md"]), default="text", show_default=True
)
@click.pass_obj
def watch(env: Env, /, fmt: str, strict: bool, **options: Any) -> None:
    """Which team's day is out of the ordinary, and whose tier has changed; told once.

    Today so far against the mean of the seven days before, by the proxy's own figures; needs a reading
    key. The policy's `watch` says from how many times on, above what, and at what hour.
    """
    with ExitStack() as stack:
        run = opened(stack, env, options)
        seen = _look(run, options)
        _show(seen, fmt, every=bool(options["teams"]))
        if options["dry_run"]:
            would(run, seen)
        else:
            tell(run, seen, whole=not options["teams"])
    news = bool(seen.alerts or seen.spiking)
    sys.exit(max([e.exit_code for e in run.troubles], default=1 if strict and news else 0))


def _look(run: Run, options: Options) -> Watched:
    where = proxied(options, run.policy)
    how = Look(
        policy=run.policy,
        window=window_at(proxies.clock().now(), zone_of(run.policy.zone)),
        log=where.team_log(),
        progress=progress("weeks read"),
        reading=progress("teams of the log read"),
    )
    seen = command.watch(
        where.to_read(),
        how,
        run.book,
        run.ledger,
        proxy=where.site.url,
        teams=options["teams"],
        now_too=options["now_too"],
    )
    for trouble in seen.troubles:
        run.warn("log", trouble)
    return seen


def _show(seen: Watched, fmt: str, *, every: bool) -> None:
    if fmt == "json":
        print_json(as_json.watched_json(seen))
    elif fmt == "md":
        click.echo(markdown.summary(seen), nl=False)
    else:
        click.echo("\n".join(text.lines(seen, every=every)))
