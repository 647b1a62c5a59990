"""`revoke`."""

from __future__ import annotations

import re
from typing import Any

import click

from ci_tokengate.cli.options import Env, connection_options, format_option
from ci_tokengate.cli.printing import print_json
from ci_tokengate.cli.session import open_bare_proxy
from ci_tokengate.commands import revoke as command
from ci_tokengate.core.alias import parse_alias
from ci_tokengate.errors import UsageError

_KEY_ID = re.compile(r"[0-9a-f]{64}")


@click.command()
@click.option(
    "--key-id", default="", help="The key's id, as `mint` printed it; not the key itself."
)
@click.option("--alias", default="", help="tokengate:<owner>/<repo>#…")
@connection_options()
@format_option
@click.pass_obj
def revoke(env: Env, /, key_id: str, alias: str, fmt: str, **options: Any) -> None:
    """End one job key now. A key that is gone already is no error."""
    if bool(key_id) == bool(alias):
        raise UsageError("Give either --key-id or --alias.")
    if key_id and not (_KEY_ID.fullmatch(key_id) or parse_alias(key_id)):
        raise UsageError(
            "--key-id is not the id of a key.",
            hint="It is 64 hex digits, not the key itself, or the alias where a proxy names keys by it; `mint` prints it.",
        )
    existed = command.revoke(open_bare_proxy(env, options), key_id=key_id, alias=alias)
    if fmt == "json":
        print_json({"key_id": key_id or None, "alias": alias or None, "existed": existed})
    else:
        click.echo(f"✔ {key_id or alias} {'is revoked' if existed else 'was gone already'}.")
