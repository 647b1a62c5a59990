"""`policy check` and `policy schema`."""

from __future__ import annotations

import click

from ci_tokengate.adapters.policy.model import json_schema
from ci_tokengate.cli.options import format_option, print_json
from ci_tokengate.errors import PolicyError
from ci_tokengate.render.words import count
from ci_tokengate.wiring import exemptions, policies

_HINT = "Nothing is granted by a file that is no exemption."


@click.group()
def policy() -> None:
    """The policy file."""


@policy.command()
@click.argument("path", default=policies.DEFAULT_POLICY)
@format_option
def check(path: str, fmt: str) -> None:
    """Is the policy file right? Every mistake with its line and column."""
    found = policies.local_policy(path)
    beside = exemptions.granted(exemptions.local_files(exemptions.folder_of(path)), found)
    if beside.troubles:
        more = len(beside.troubles) - 1
        raise PolicyError(beside.troubles[0], hint=f"{more} more of them." if more else _HINT)
    granted = len(found.exemptions) + len(beside.exemptions)
    if fmt == "json":
        print_json(
            {
                "path": path,
                "teams": [*found.teams],
                "use_cases": [*found.use_cases],
                "exemptions": granted,
            }
        )
        return
    teams, cases = len(found.teams), len(found.use_cases)
    excepted = f", {count(granted, 'exemption')}" if granted else ""
    click.echo(f"✔ {path}: teams: {teams}, use cases: {cases}, mode: {found.mode.value}{excepted}.")


@policy.command()
def schema() -> None:
    """JSON Schema of the policy file, for editors."""
    print_json(json_schema())
