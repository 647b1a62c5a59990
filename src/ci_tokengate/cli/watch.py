"""`watch`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.cli.governance import governance_options, progress, proxied
from ci_tokengate.cli.options import Env, Options, print_json
from ci_tokengate.commands import watch as command
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.redact import redact
from ci_tokengate.core.showback.period import zone_of
from ci_tokengate.core.watch.incident import Incident
from ci_tokengate.core.watch.watched import Watched
from ci_tokengate.core.watch.window import window_at
from ci_tokengate.errors import TokengateError, UsageError
from ci_tokengate.lifecycle.incidents import close_gone, keep
from ci_tokengate.lifecycle.look import Look
from ci_tokengate.lifecycle.memory_book import MemoryBook
from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.ports.watch import AlertBook, IncidentBoard
from ci_tokengate.render.watch import as_json, markdown, text
from ci_tokengate.render.words import count
from ci_tokengate.wiring import alerts, policies, proxies
from ci_tokengate.wiring.ledgers import open_ledger

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_FOR_TELLING = 120
"""Seconds more than --timeout, for all that is told."""
_FORGETS = (
    "Nothing remembers what was told: each run tells again what it finds. Give --ledger-url, or "
    "--send github-issue."
)


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
        run = _opened(stack, env, options)
        seen = _look(run, env, options)
        _show(seen, fmt, every=bool(options["teams"]))
        if options["dry_run"]:
            _would(run, seen)
        else:
            _tell(run, seen, whole=not options["teams"])
    news = bool(seen.alerts or seen.spiking)
    sys.exit(max([e.exit_code for e in run.troubles], default=1 if strict and news else 0))


@dataclass(kw_only=True)
class _Run:
    """What one run has open, and what went wrong so far."""

    policy: Policy
    book: AlertBook
    notes: MemoryBook
    ledger: Ledger | None
    board: IncidentBoard | None
    there: list[Incident]
    sinks: list[command.Sink]
    summary: Callable[[str], None] | None
    hidden: list[str] = field(repr=False)
    troubles: list[TokengateError] = field(default_factory=list)

    def warn(self, who: str, error: TokengateError) -> None:
        said = f"! {who}: {error.message} {error.hint}".rstrip()
        click.echo(redact(said, self.hidden), err=True)
        self.troubles.append(error)

    def say(self, text: str) -> None:
        click.echo(redact(text, self.hidden), err=True)


def _opened(stack: ExitStack, env: Env, options: Options) -> _Run:
    """Everything that telling needs, seen to before anything is read. Raises UsageError."""
    places = options["places"]
    deadline = Deadline(options["timeout"] + _FOR_TELLING)
    if alerts.ISSUE in places and not _REPOSITORY.fullmatch(options["repository"]):
        raise UsageError("Give --repository owner/name.", hint="Or set GITHUB_REPOSITORY.")
    board = (
        alerts.open_incidents(env, options["repository"], deadline)
        if alerts.ISSUE in places
        else None
    )
    summary = alerts.open_summary(env).summary if alerts.SUMMARY in places else None
    now = proxies.clock().now()
    run = _Run(
        policy=_policy(options["policy_path"]),
        book=MemoryBook(now),
        notes=MemoryBook(now),
        ledger=None,
        board=board,
        there=[],
        sinks=alerts.open_sinks(places, env, _link(env), deadline),
        summary=summary,
        hidden=[env[name].strip() for name in alerts.SECRETS if env.get(name, "").strip()],
    )
    _remember(run, stack, options["ledger_url"])
    return run


def _remember(run: _Run, stack: ExitStack, ledger_url: str) -> None:
    """The ledger where one is given, else the issues. What cannot be read keeps nobody from being told."""
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
    elif run.board is None and run.sinks:
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


def _look(run: _Run, env: Env, options: Options) -> Watched:
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
        proxy=where.url,
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


def _would(run: _Run, seen: Watched) -> None:
    news = count(len(seen.alerts), "new alert")
    names = [s.name for s in run.sinks] + [alerts.ISSUE] * (run.board is not None)
    for name in names:
        run.say(f"  {name}: would be told of {news}")


def _tell(run: _Run, seen: Watched, *, whole: bool) -> None:
    """First it is remembered, then told, then the issues say what was told."""
    try:
        run.book.put(seen.alerts, [sink.name for sink in run.sinks])
        for line in _delivered(run):
            run.say(line)
    except TokengateError as error:
        run.warn("ledger", error)
    if run.summary is not None:
        try:
            run.summary(markdown.summary(seen))
        except TokengateError as error:
            run.warn("summary", error)
    if run.board is not None:
        run.notes.put(seen.alerts, ())
        for line in _issues(run, run.board, seen, whole=whole):
            run.say(line)


def _delivered(run: _Run) -> Iterator[str]:
    for done in command.tell(run.book, run.sinks):
        if done.trouble is not None:
            run.warn(done.sink, done.trouble)
        else:
            yield f"✔ {done.sink}: {count(done.alerts, 'alert')} told"


def _issues(run: _Run, board: IncidentBoard, seen: Watched, *, whole: bool) -> Iterator[str]:
    done = keep(board, run.there, seen, run.notes, markdown.issue)
    gone = close_gone(board, run.there, seen, run.notes) if whole else ()
    for kept in (*done, *gone):
        if kept.trouble is not None:
            run.warn(alerts.ISSUE, kept.trouble)
        elif kept.posted is not None:
            yield f"✔ {alerts.ISSUE}: {kept.posted.change.value} {kept.posted.url}".rstrip()
