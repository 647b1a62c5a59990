"""`sweep`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.cli.options import Env, connection_options, format_option
from ci_tokengate.cli.printing import print_json
from ci_tokengate.cli.session import open_bare_proxy
from ci_tokengate.commands import sweep as command
from ci_tokengate.commands.sweep import Swept, outlived
from ci_tokengate.core.durations import parse_duration
from ci_tokengate.errors import UsageError
from ci_tokengate.wiring import policies, proxies


@click.command()
@click.option("--repository", envvar="GITHUB_REPOSITORY", default="", help="owner/name.")
@click.option("--all", "every", is_flag=True, help="Keys of every repository.")
@click.option("--older-than", default="", help="Also keys of unknown runs, older than 2h, say.")
@click.option("--dry-run", is_flag=True, help="Only say what would be revoked.")
@connection_options()
@format_option
@click.pass_obj
def sweep(
    env: Env,
    /,
    repository: str,
    every: bool,
    older_than: str,
    dry_run: bool,
    fmt: str,
    **options: Any,
) -> None:
    """Revoke our own keys that outlived their job.

    Without a GitHub token runs are unknown: then only expired keys, and those by age, are swept.
    """
    if not repository and not every:
        raise UsageError("Give --repository owner/name, or --all for every repository.")
    age: timedelta | None = parse_duration(older_than, "--older-than") if older_than else None
    token, api_url = options["github_token"], env.get("GITHUB_API_URL", "")
    deadline = Deadline(options["timeout"])
    done: list[Swept] = []
    for swept in command.sweep(
        open_bare_proxy(env, options),
        policies.open_code_host(api_url, token, deadline) if token else None,
        repository="" if every else repository,
        older_than=age,
        clock=proxies.clock(),
        dry_run=dry_run,
    ):
        done.append(swept)
        if fmt == "text":
            click.echo(_line(swept, dry_run=dry_run))
    if fmt == "json":
        print_json([_as_json(s) for s in done])
    elif not done:
        click.echo("✔ There is no key to sweep.")


def _line(swept: Swept, *, dry_run: bool) -> str:
    mark = "✔ revoked" if swept.revoked else "· left"
    if dry_run and outlived(swept):
        mark = "· would revoke"
    return f"{mark:15} {swept.key.alias}  ({swept.why.value})"


def _as_json(swept: Swept) -> dict[str, object]:
    return {
        "key_id": swept.key.id,
        "alias": swept.key.alias,
        "reason": swept.why.value,
        "outlived": outlived(swept),
        "revoked": swept.revoked,
    }
