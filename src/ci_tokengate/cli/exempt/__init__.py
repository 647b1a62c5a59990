"""`exempt request`, `exempt sync` and `exempt log`."""

from __future__ import annotations

import click

from ci_tokengate.cli.exempt.log import log
from ci_tokengate.cli.exempt.request import request
from ci_tokengate.cli.exempt.sync import sync


@click.group()
def exempt() -> None:
    """More than the plan, for a time: asked for, agreed to and taken back as reviewed data."""


for _command in (request, sync, log):
    exempt.add_command(_command)
