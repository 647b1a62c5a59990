"""`policy check` and `policy schema`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.policy.model import json_schema
from ci_tokengate.adapters.price_book import list_price
from ci_tokengate.cli.governance import progress
from ci_tokengate.cli.options import Options
from ci_tokengate.cli.printing import print_json
from ci_tokengate.commands import policy as command
from ci_tokengate.commands.policy import Checked, Proxied
from ci_tokengate.core.policy import Policy
from ci_tokengate.errors import PolicyError, TokengateError
from ci_tokengate.render import advice as render
from ci_tokengate.render.words import count
from ci_tokengate.wiring import budgets, exemptions, models, policies, proxies
from ci_tokengate.wiring.spend_logs import open_spend_log

_HINT = "Nothing is granted by a file that is no exemption."


@click.group()
def policy() -> None:
    """The policy file."""


@policy.command()
@click.argument("path", default=policies.DEFAULT_POLICY)
@click.option("--strict", is_flag=True, help="Exit 1 for a warning, too.")
@click.option("--offline", is_flag=True, help="Ask no proxy, whatever key is set.")
@click.option(
    "--days",
    type=click.IntRange(0, 366),
    default=30,
    show_default=True,
    help="Of the proxy's log, to estimate what re-routing saves; 0 reads none of it.",
)
@click.option("--proxy-url", envvar="TOKENGATE_PROXY_URL", default="", help="Bare address.")
@click.option("--proxy", "kind", default="", help="Kind of the proxy: litellm.")
@click.option(
    "--reading-key",
    envvar="TOKENGATE_READING_KEY",
    default="",
    help="With it, the proxy is asked too; better in the variable.",
)
@click.option(
    "--timeout",
    type=click.IntRange(1, 3600),
    default=600,
    show_default=True,
    help="Seconds, in all.",
)
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
)
def check(path: str, fmt: str, strict: bool, **options: Any) -> None:
    """Is the policy file right, and is it wise? Each finding with its line and column.

    With a reading key also against the proxy: its models, its teams, and what re-routing would have
    saved. Exits 1 for an error, 2 for a file that is no policy, 3 where the proxy does not answer.
    """
    found, where = policies.with_places(path)
    granted = len(found.exemptions) + _exemptions(path, found)
    checked = command.check(found, _proxied(options, found), today=proxies.clock().now().date())
    savings = checked.savings or ()
    advice = [*checked.advice, *render.saved(savings, checked.days)]
    code = checked.exit_code(strict=strict)
    if fmt == "json":
        print_json(_json(path, found, granted, checked, render.as_json(checked.advice, where)))
    else:
        told = render.lines if fmt == "text" else render.commands
        for line in told(path, advice, where):
            click.echo(line)
        _close(path, found, granted, code, render.closing(advice, savings, checked.days))
    for trouble in checked.troubles:
        click.echo(f"? {trouble.message}\n  {trouble.hint}".rstrip(), err=True)
    sys.exit(code)


@policy.command()
def schema() -> None:
    """JSON Schema of the policy file, for editors."""
    print_json(json_schema())


def _exemptions(path: str, found: Policy) -> int:
    """Those in the folder beside it. Raises PolicyError for a file that is none."""
    beside = exemptions.granted(exemptions.local_files(exemptions.folder_of(path)), found)
    if beside.troubles:
        more = len(beside.troubles) - 1
        raise PolicyError(beside.troubles[0], hint=f"{more} more of them." if more else _HINT)
    return len(beside.exemptions)


def _proxied(options: Options, found: Policy) -> Proxied | None:
    """None without a reading key: then nothing but the file is looked at."""
    key = options["reading_key"]
    if options["offline"] or not key.strip():
        return None
    site = proxies.site(options["kind"], options["proxy_url"], found)
    deadline = Deadline(options["timeout"])
    served = models.open_models(site, key, deadline)
    if served is None:
        return None  # this kind of proxy tells too little to hold a policy against
    return Proxied(
        models=served,
        budgets=budgets.open_to_read(site, reading_key=key, admin_key="", deadline=deadline),
        log=open_spend_log(site, key, "", deadline),
        book=list_price,
        days=options["days"],
        progress=progress("days read"),
    )


def _close(path: str, found: Policy, granted: int, code: int, told: str) -> None:
    teams, cases = len(found.teams), len(found.use_cases)
    excepted = f", {count(granted, 'exemption')}" if granted else ""
    mark = {0: "✔", 1: "✖"}.get(code, "?")
    more = f" {told[:1].upper()}{told[1:]}." if told else ""
    click.echo(
        f"{mark} {path}: teams: {teams}, use cases: {cases}, mode: {found.mode.value}{excepted}.{more}"
    )


def _json(
    path: str, found: Policy, granted: int, checked: Checked, advice: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    savings = None
    if checked.savings is not None:
        savings = [render.saving_json(one) for one in checked.savings]
    return {
        "path": path,
        "teams": [*found.teams],
        "use_cases": [*found.use_cases],
        "exemptions": granted,
        "findings": advice,
        "days": checked.days,
        "savings": savings,
        "not_asked": [_trouble(error) for error in checked.troubles],
    }


def _trouble(error: TokengateError) -> dict[str, str]:
    return {"message": error.message, "hint": error.hint}
