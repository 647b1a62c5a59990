"""`cost`."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone
from typing import Any

import click

from ci_tokengate.adapters.event import numbered
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.price_book import list_price
from ci_tokengate.cli.options import Env, Options, connection_options, format_option
from ci_tokengate.cli.printing import print_json
from ci_tokengate.cli.session import open_bare_proxy
from ci_tokengate.commands import cost as command
from ci_tokengate.core.cost import CostState
from ci_tokengate.core.durations import parse_duration
from ci_tokengate.errors import MovedError, UndecidedError, UsageError
from ci_tokengate.lifecycle.reckon import Scope, of_branch, of_pull_request, of_run
from ci_tokengate.render.cost import cost_json, unknown_json
from ci_tokengate.render.cost_text import cost_lines
from ci_tokengate.wiring import policies, proxies

_SECONDS = 600.0
"""A LiteLLM takes a second or two for a thousand rows, and a long-lived pull request has many."""
_FOR_GITHUB = 10.0
"""Seconds for its one question, whatever the time for the proxy."""


@click.command()
@click.option("--pr", default="", help="Number of a pull request.")
@click.option("--run", "run_id", default="", help="Id of a run, with all its attempts.")
@click.option("--branch", default="", help="Jobs of a branch that belong to no pull request.")
@click.option("--repository", envvar="GITHUB_REPOSITORY", default="", help="owner/name.")
@click.option("--wait", default="", help="Such as 30s: for the last rows, not for running jobs.")
@connection_options(_SECONDS)
@format_option
@click.pass_obj
def cost(env: Env, /, fmt: str, repository: str, wait: str, **options: Any) -> None:
    """What a pull request, a run or a branch has cost, by the proxy's own log.

    Exits 3 where the proxy cannot say. With a GitHub token a wrong --pr is noticed; without one, the
    proxy alone is asked.
    """
    if "/" not in repository or "" in repository.split("/"):
        raise UsageError("Give --repository owner/name.", hint="Or set GITHUB_REPOSITORY.")
    scope, subject = _scope(options, repository)
    patience = parse_duration(wait, "--wait") if wait else timedelta(0)
    try:
        found = command.cost(
            open_bare_proxy(env, options),
            scope,
            opened_at=_opened_at(env, options, repository),
            clock=proxies.clock(),
            book=list_price,
            patience=patience,
            progress=_progress,
        )
    except UndecidedError as error:
        if fmt == "json":
            print_json(unknown_json(error.message, datetime.now(timezone.utc)))
        raise
    if fmt == "json":
        print_json(cost_json(found))
    else:
        click.echo("\n".join(cost_lines(found, subject)))
    sys.exit(3 if found.state is CostState.UNKNOWN else 0)


def _scope(options: Options, repository: str) -> tuple[Scope, str]:
    pr, run_id, branch = options["pr"], options["run_id"], options["branch"]
    if sum(map(bool, (pr, run_id, branch))) != 1:
        raise UsageError("Give one of --pr, --run and --branch.")
    if pr:
        number = numbered(pr, "").number
        return of_pull_request(repository, number), f"{repository}#{number}"
    if run_id:
        return of_run(repository, run_id), f"run {run_id} of {repository}"
    return of_branch(repository, branch), f"{branch} of {repository}"


def _opened_at(env: Env, options: Options, repository: str) -> datetime | None:
    """From the code host where a token is given, which also tells whether there is such a one.

    The figure is the proxy's: where GitHub is unwell, it is read all the same.
    """
    if not options["pr"] or not options["github_token"]:
        return None
    number = int(options["pr"])
    host = policies.open_code_host(
        env.get("GITHUB_API_URL", ""), options["github_token"], Deadline(_FOR_GITHUB)
    )
    try:
        return host.pull_request(repository, number).opened_at
    except MovedError:
        click.echo(f"  {repository} was renamed: this is what it cost under that name.", err=True)
        return None
    except UndecidedError as error:
        click.echo(f"  {error.message} The proxy is asked all the same.", err=True)
        return None
    except UsageError as error:
        raise UsageError(
            f"GitHub has no pull request {number} in {repository}, or does not show it to this "
            "token.",
            hint="Check --pr and --repository; without GITHUB_TOKEN only the proxy is asked.",
        ) from error


def _progress(rows: int) -> None:
    click.echo(f"  {rows:,} rows read …", err=True)
