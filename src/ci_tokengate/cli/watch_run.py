"""What one run of `watch` has open: where it remembers, and where it tells."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import click

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.cli.options import Env, Options
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.redact import redact
from ci_tokengate.core.watch.incident import Incident
from ci_tokengate.errors import TokengateError, UsageError
from ci_tokengate.lifecycle.deliver import Sink
from ci_tokengate.lifecycle.memory_book import MemoryBook
from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.ports.watch import AlertBook, IncidentBoard
from ci_tokengate.wiring import alerts, policies, proxies
from ci_tokengate.wiring.ledgers import open_ledger

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_FOR_TELLING = 240
"""Seconds."""
_FORGETS = (
    "Nothing remembers what was told: each run tells again what it finds. Give --ledger-url, or "
    "--send github-issue."
)


@dataclass(kw_only=True)
class Run:
    """What one run has open, and what went wrong so far.

    `sinks` are made when they are told: their time begins then, and ends before anybody else is
    given what they were.
    """

    policy: Policy
    book: AlertBook
    notes: MemoryBook
    ledger: Ledger | None
    board: IncidentBoard | None
    there: list[Incident]
    names: list[str]
    sinks: Callable[[], list[Sink]]
    summary: Callable[[str], None] | None
    hidden: list[str] = field(repr=False)
    troubles: list[TokengateError] = field(default_factory=list)

    def warn(self, who: str, error: TokengateError) -> None:
        said = f"! {who}: {error.message} {error.hint}".rstrip()
        click.echo(redact(said, self.hidden), err=True)
        self.troubles.append(error)

    def say(self, text: str) -> None:
        click.echo(redact(text, self.hidden), err=True)


def opened(stack: ExitStack, env: Env, options: Options) -> Run:
    """Everything that telling needs, seen to before anything is read. Raises UsageError."""
    places = options["places"]
    deadline = Deadline(options["timeout"] + 2 * _FOR_TELLING)
    if alerts.ISSUE in places and not _REPOSITORY.fullmatch(options["repository"]):
        raise UsageError("Give --repository owner/name.", hint="Or set GITHUB_REPOSITORY.")
    board = (
        alerts.open_incidents(env, options["repository"], deadline)
        if alerts.ISSUE in places
        else None
    )
    summary = alerts.open_summary(env).summary if alerts.SUMMARY in places else None

    def sinks() -> list[Sink]:
        return alerts.open_sinks(places, env, _link(env), Deadline(_FOR_TELLING))

    now = proxies.clock().now()
    keys = [options["reading_key"], options["admin_key"], *(env.get(n, "") for n in alerts.SECRETS)]
    run = Run(
        policy=_policy(options["policy_path"]),
        book=MemoryBook(now),
        notes=MemoryBook(now),
        ledger=None,
        board=board,
        there=[],
        names=[sink.name for sink in sinks()],
        sinks=sinks,
        summary=summary,
        hidden=[key.strip() for key in keys if key.strip()],
    )
    _remember(run, stack, options["ledger_url"])
    return run


def _remember(run: Run, stack: ExitStack, ledger_url: str) -> None:
    """The ledger where one is given, else the issues. What cannot be read keeps nobody from being told."""
    forgets = run.board is None and not ledger_url
    if run.board is not None:
        try:
            run.there = [*run.board.incidents()]
        except TokengateError as error:
            run.warn("github-issue", error)
            run.board = None
        run.notes = MemoryBook(proxies.clock().now(), [i.memory for i in run.there])
    run.book = run.notes
    if ledger_url:
        try:
            ledger = stack.enter_context(open_ledger(ledger_url, create_zone=None))
            book = ledger.alert_book()
            book.raised()
        except TokengateError as error:
            run.warn("ledger", error)
        else:
            run.ledger, run.book = ledger, book
    elif forgets and run.names:
        run.say(f"! {_FORGETS}")


def _policy(path: str) -> Policy:
    """Without one, teams have the proxy's names and plans, and days are UTC's."""
    if path == policies.DEFAULT_POLICY and not Path(path).exists():
        return Policy(source="no policy")
    return policies.local_policy(path)


def _link(env: Env) -> str:
    """The run's page, in a job of GitHub's."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run_id = (env.get(name, "") for name in names)
    whole = server.startswith("https://") and repository and run_id.isdigit()
    return f"{server}/{repository}/actions/runs/{run_id}" if whole else ""
