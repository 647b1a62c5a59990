"""`gate`."""

from __future__ import annotations

import sys
from typing import Any

import click

from ci_tokengate.cli.options import Env, connection_options, format_option, job_options
from ci_tokengate.cli.session import asked, open_session
from ci_tokengate.cli.show import show_admission
from ci_tokengate.commands import gate as command
from ci_tokengate.wiring import proxies


@click.command()
@job_options
@connection_options()
@format_option
@click.pass_obj
def gate(env: Env, /, fmt: str, **options: Any) -> None:
    """May this job's agent run? Mints nothing; exits 1 when it may not."""
    ask = asked(options)
    session = open_session(env, options)
    admission = command.gate(
        session.proxy,
        session.policy,
        session.job.context,
        ask,
        clock=proxies.clock(),
        exemptions=session.exemptions,
    )
    show_admission(admission, fmt)
    sys.exit(0 if admission.verdict.allowed else 1)
