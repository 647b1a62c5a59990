"""`inventory`."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import click

from ci_tokengate.commands.inventory import take_stock
from ci_tokengate.core.quiet import for_log
from ci_tokengate.errors import UsageError
from ci_tokengate.render import inventory as render
from ci_tokengate.scan.inventory import Inventory
from ci_tokengate.scan.scope import Scope
from ci_tokengate.wiring import scans, scopes

_POLICY = ".github/tokengate.yml"
_FORMS = {
    "table": render.table,
    "json": render.as_json,
    "csv": render.as_csv,
    "markdown": render.markdown,
}


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--format", "fmt", type=click.Choice([*_FORMS]), default="table", show_default=True)
@click.option("--policy", default="", envvar="TOKENGATE_POLICY", help=f"Default: {_POLICY}.")
@click.option("--org", default="", help="Every repository of this organisation, in place of paths.")
@click.option("--no-code", is_flag=True, help="With --org: CI and settings only, few requests.")
@click.option("--github-token", envvar="GITHUB_TOKEN", default="", help="For --org.")
@click.option(
    "--timeout",
    type=click.IntRange(min=0),
    default=600,
    show_default=True,
    help="Seconds in total, for --org.",
)
@click.pass_obj
def inventory(
    env: Mapping[str, str],
    /,
    paths: tuple[str, ...],
    fmt: str,
    policy: str,
    org: str,
    no_code: bool,
    github_token: str,
    timeout: int,
) -> None:
    """Every place that calls a model: proxied, direct or unknown, and the coverage.

    Workflows and other CI, SDKs in code (Python, TypeScript, JavaScript, Go, Java, Ruby), agents' settings.
    With --org, exits 3 where not everything could be read.
    """
    if org and paths:
        raise UsageError("Give --org or paths, not both.")
    if org:
        scope = scopes.scope_of(policy, required=True) if policy else Scope()
        _census(org, scope, fmt, code=not no_code, to=(env, github_token, timeout))
        return
    scope = scopes.scope_of(policy or _POLICY, required=bool(policy))
    calls = [
        call
        for texts, read in scans.trees(paths or (".",))
        for call in take_stock(texts, scope, read=read).calls
    ]
    _show(_FORMS[fmt](Inventory(calls=tuple(calls))), fmt, env)


def _show(text: str, fmt: str, env: Mapping[str, str]) -> None:
    click.echo(for_log(text, env) if fmt == "table" else text)


def _census(
    org: str, scope: Scope, fmt: str, *, code: bool, to: tuple[Mapping[str, str], str, int]
) -> None:
    """Each repository's own policy says what its proxy is, unless one is given."""
    from ci_tokengate.adapters.http import Deadline
    from ci_tokengate.commands.census import take_census
    from ci_tokengate.render import census as render
    from ci_tokengate.wiring.organisations import open_organisation

    env, token, timeout = to
    forms = {
        "table": render.table,
        "json": render.as_json,
        "csv": render.as_csv,
        "markdown": render.markdown,
    }
    host = open_organisation(env.get("GITHUB_API_URL", ""), token, org, Deadline(timeout))
    census = take_census(host, org, scope, code=code)
    _show(forms[fmt](census), fmt, env)
    if census.partial:
        if fmt in ("json", "csv"):
            for said in render.gaps(census):
                click.echo(f"? {said}", err=True)
        sys.exit(3)
