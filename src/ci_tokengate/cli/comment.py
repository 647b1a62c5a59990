"""`comment`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import click

from ci_tokengate.adapters.event import numbered
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.price_book import list_price
from ci_tokengate.cli.options import Env, connection_options, format_option, local_policy_option
from ci_tokengate.cli.printing import print_json
from ci_tokengate.commands import comment as command
from ci_tokengate.core.comments import Behavior
from ci_tokengate.core.durations import parse_duration
from ci_tokengate.core.money import parse_usd
from ci_tokengate.core.report import Report
from ci_tokengate.errors import UsageError
from ci_tokengate.lifecycle.publish import Change, Manner, Published
from ci_tokengate.lifecycle.report import Reporter
from ci_tokengate.render.comment import markdown
from ci_tokengate.render.cost import cost_json
from ci_tokengate.render.jobs import By
from ci_tokengate.wiring import policies, proxies
from ci_tokengate.wiring.comments import chance, open_comments
from ci_tokengate.wiring.comparison import comparison

_COMPARE = timedelta(seconds=10)
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")


@click.command()
@click.option("--pr", required=True, help="Number of the pull request.")
@click.option("--repository", envvar="GITHUB_REPOSITORY", default="", help="owner/name.")
@local_policy_option("Plans, tiers and caps to show.")
@click.option(
    "--behavior",
    type=click.Choice([b.value for b in Behavior]),
    default=Behavior.UPDATE.value,
    show_default=True,
    help="What becomes of the comments of earlier runs.",
)
@click.option("--above", default="0", show_default=True, help="USD; no comment below it.")
@click.option("--wait", default="", help="Such as 30s: how long to wait for the figure to settle.")
@click.option("--dry-run", is_flag=True, help="Print the comment, write nothing.")
@connection_options(60.0)
@format_option
@click.pass_obj
def comment(
    env: Env,
    /,
    pr: str,
    repository: str,
    policy_path: str,
    behavior: str,
    above: str,
    wait: str,
    dry_run: bool,
    fmt: str,
    **options: Any,
) -> None:
    """Write what a pull request has cost on the pull request: one comment, kept up to date.

    The token needs `pull-requests: write`.
    """
    number = numbered(pr, "").number
    if not _REPOSITORY.fullmatch(repository):
        raise UsageError("Give --repository owner/name.", hint="Or set GITHUB_REPOSITORY.")
    manner = Manner(
        repository=repository,
        number=number,
        by=_by(env),
        behavior=Behavior(behavior),
        above=parse_usd(above, "--above"),
    )
    patience = parse_duration(wait, "--wait") if wait else timedelta(0)
    policy, deadline = policies.local_policy(policy_path), Deadline(options["timeout"])
    api_url, token = env.get("GITHUB_API_URL", ""), options["github_token"]
    opened = None if dry_run else open_comments(api_url, token, repository, number, deadline)
    host = policies.open_code_host(api_url, token, deadline)
    site = proxies.site(options["kind"], options["proxy_url"], policy)
    proxy = proxies.open_proxy(site, options["proxy_key"], deadline)
    reporter = Reporter(
        proxy=proxy,
        policy=policy,
        repository=repository,
        pull=host.pull_request(repository, number),
        clock=proxies.clock(),
        book=list_price,
        patience=patience,
        median=comparison(
            site=site,
            key=options["proxy_key"],
            api_url=api_url,
            token=token,
            repository=repository,
            number=number,
            patience=_COMPARE,
        ),
    )
    if opened is None:
        _show(reporter.report(), manner.by, fmt)
    else:
        clock = proxies.clock()
        _tell(command.comment(opened, reporter, manner, clock=clock, chance=chance), fmt)


def _by(env: Env) -> By:
    """A run of Actions, or somebody's terminal."""
    attempt = env.get("GITHUB_RUN_ATTEMPT", "")
    return By(
        server_url=env.get("GITHUB_SERVER_URL", ""),
        run_id=env.get("GITHUB_RUN_ID", ""),
        attempt=int(attempt) if attempt.isascii() and attempt.isdigit() else 0,
    )


def _show(report: Report, by: By, fmt: str) -> None:
    text = markdown(report, by)
    if fmt == "json":
        print_json({"change": None, "url": None, "body": text, "cost": cost_json(report.cost)})
    else:
        click.echo(text, nl=False)


def _tell(done: Published, fmt: str) -> None:
    if fmt == "json":
        about = {"change": done.change.value, "url": done.url or None}
        print_json({**about, "cost": cost_json(done.report.cost)})
    else:
        mark = "·" if done.change in (Change.QUIET, Change.UNCHANGED) else "✔"
        click.echo(f"{mark} {done.change.value} {done.url}".rstrip())
