"""`policy check` and `policy schema`."""

from __future__ import annotations

import click

from ci_tokengate.adapters.policy.model import json_schema
from ci_tokengate.cli.options import format_option, print_json
from ci_tokengate.wiring import policies


@click.group()
def policy() -> None:
    """The policy file."""


@policy.command()
@click.argument("path", default=policies.DEFAULT_POLICY)
@format_option
def check(path: str, fmt: str) -> None:
    """Is the policy file right? Every mistake with its line and column."""
    found = policies.local_policy(path)
    if fmt == "json":
        print_json({"path": path, "teams": [*found.teams], "use_cases": [*found.use_cases]})
        return
    teams, cases = len(found.teams), len(found.use_cases)
    click.echo(f"✔ {path}: teams: {teams}, use cases: {cases}, mode: {found.mode.value}.")


@policy.command()
def schema() -> None:
    """JSON Schema of the policy file, for editors."""
    print_json(json_schema())
