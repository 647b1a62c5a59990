"""`report`."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import click

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.whole_files import write_whole
from ci_tokengate.cli.garbage import seldom_collected
from ci_tokengate.cli.options import Env, Options, ledger_option, names_option
from ci_tokengate.commands import report as command
from ci_tokengate.core.postings import Posted
from ci_tokengate.core.redact import redact
from ci_tokengate.core.showback.values import Showback
from ci_tokengate.errors import TokengateError, UsageError
from ci_tokengate.wiring import policies, proxies, reports
from ci_tokengate.wiring.ledgers import open_ledger

_PLACES = ("slack", "github-issue", "github-discussion")
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_LINK = re.compile(r"https?://[^\s<>()\"'`|\\]{1,1000}", re.ASCII)
Send = Callable[[Showback], Posted]


@click.command()
@click.option(
    "--month", default="", help="Such as 2026-10, or last. Default: this month, by the ledger."
)
@click.option("--team", default="", help="By its name or id. Default: all teams.")
@click.option("--format", "fmt", type=click.Choice(reports.FORMS), help="On standard output.")
@click.option(
    "--output",
    "-o",
    "outputs",
    multiple=True,
    help="A file; its name says the form: .html, .xlsx, .csv, .json, .md, .txt. May be repeated.",
)
@click.option(
    "--send", "places", type=click.Choice(_PLACES), multiple=True, help="Where it is told."
)
@click.option("--link", default="", help="Where the whole report is, for those that are told.")
@click.option("--strict", is_flag=True, help="Exit 1 where a settled day differs from the proxy's.")
@names_option
@ledger_option
@click.option("--repository", envvar="GITHUB_REPOSITORY", default="", help="For --send github-….")
@click.option("--category", default="General", show_default=True, help="Of a discussion.")
@click.option("--github-token", envvar="GITHUB_TOKEN", default="", help="For --send github-….")
@click.option(
    "--slack-webhook",
    envvar="TOKENGATE_SLACK_WEBHOOK",
    default="",
    help="For --send slack; better in the variable.",
)
@click.option(
    "--timeout", type=click.IntRange(1, 3600), default=60, show_default=True, help="For sending."
)
@click.pass_obj
def report(
    env: Env, /, fmt: str | None, outputs: tuple[str, ...], strict: bool, **options: Any
) -> None:
    """The four numbers of a month, from the ledger: cost per merged pull request, trends, budgets, model mix.

    What cannot be sent is a warning.
    """
    forms = {path: reports.form_of(path) for path in outputs}
    shown = fmt or ("" if outputs or options["places"] else "text")
    if shown == "xlsx" and sys.stdout.isatty():
        raise UsageError("A spreadsheet is nothing for a terminal.", hint="Give -o report.xlsx.")
    sends = _sends(env, options)
    with (
        seldom_collected(),
        _waiting(),
        open_ledger(options["ledger_url"], create_zone=None) as ledger,
    ):
        found = command.report(
            ledger,
            policies.optional_policy(options["policy_path"]),
            proxies.clock(),
            month=options["month"],
            team=options["team"],
        )
    with _waiting():
        made = {path: reports.rendered(found, form) for path, form in forms.items()}
    for path, data in made.items():
        write_whole(path, data)
        click.echo(f"✔ {path}", err=True)
    if shown:
        _show(found, shown, env)
    for place, send in sends.items():
        _sent(place, send, found, options)
    reconciled = found.trust.reconciliation
    if strict and reconciled.differing > reconciled.settling:
        click.echo("✖ Ledger and proxy differ; see the reconciliation.", err=True)
        sys.exit(1)


def _show(found: Showback, form: str, env: Env) -> None:
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else 80
    data = reports.rendered(
        found, form, width=min(width, 120), color=terminal and not env.get("NO_COLOR")
    )
    click.echo(data if form == "xlsx" else data.decode(), nl=False)


def _sends(env: Env, options: Options) -> dict[str, Send]:
    """Everything that sending needs, seen to before anything is read. Raises UsageError."""
    places, link = options["places"], options["link"]
    if link and not _LINK.fullmatch(link):
        raise UsageError(f"--link is {link[:60]!r}, which is no web address.")
    repository = options["repository"]
    if any(p.startswith("github") for p in places) and not _REPOSITORY.fullmatch(repository):
        raise UsageError("Give --repository owner/name.", hint="Or set GITHUB_REPOSITORY.")
    found: dict[str, Send] = {}
    for place in places:
        deadline = Deadline(options["timeout"])
        if place == "slack":
            channel = reports.open_channel(options["slack_webhook"], deadline)
            found[place] = lambda r, channel=channel: command.tell(channel, r, link=link)  # type: ignore[misc]
        else:
            token, category = options["github_token"], options["category"]
            api_url = env.get("GITHUB_API_URL", "")
            board = reports.open_board(place, api_url, token, repository, category, deadline)
            found[place] = lambda r, board=board: command.put(board, r, link=link)  # type: ignore[misc]
    return found


def _sent(place: str, send: Send, found: Showback, options: Options) -> None:
    """Open on words (DESIGN D9): a report that cannot be sent has been made all the same."""
    try:
        done = send(found)
    except TokengateError as error:
        hidden = [options[name].strip() for name in ("slack_webhook", "github_token")]
        said = redact(f"! {place}: {error.message} {error.hint}", [h for h in hidden if h])
        click.echo(said.rstrip(), err=True)
    else:
        click.echo(f"✔ {place}: {done.change.value} {done.url}".rstrip(), err=True)


def _waiting() -> AbstractContextManager[object]:
    """A sign of life for whoever sits before a terminal."""
    if not sys.stderr.isatty():
        return nullcontext()
    try:
        from rich.console import Console
    except ModuleNotFoundError:
        return nullcontext()
    return Console(stderr=True).status("Adding up …")
