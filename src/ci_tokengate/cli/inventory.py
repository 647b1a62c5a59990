"""`inventory`."""

from __future__ import annotations

import click

from ci_tokengate.commands.inventory import take_stock
from ci_tokengate.render import inventory as render
from ci_tokengate.scan.inventory import Inventory
from ci_tokengate.wiring import scans

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
def inventory(paths: tuple[str, ...], fmt: str, policy: str) -> None:
    """Every place that calls a model: proxied, direct or unknown, and the coverage.

    Workflows and other CI, SDKs in code (Python, TypeScript, JavaScript, Go, Java, Ruby), agents' settings.
    """
    scope = scans.scope_of(policy or _POLICY, required=bool(policy))
    calls = [
        call
        for texts, read in scans.trees(paths or (".",))
        for call in take_stock(texts, scope, read=read).calls
    ]
    click.echo(_FORMS[fmt](Inventory(calls=tuple(calls))))
