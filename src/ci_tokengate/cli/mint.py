"""`mint`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from ci_tokengate.adapters.files import private_folder, write_files
from ci_tokengate.adapters.process import end_politely_on_sigterm
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.cli.options import Env, Options, connection_options, job_options, tools_option
from ci_tokengate.cli.session import Session, asked, chosen_tools, open_session
from ci_tokengate.cli.show import show_admission, show_key
from ci_tokengate.commands import mint as command
from ci_tokengate.core.keys import Handle, JobKey
from ci_tokengate.core.tools.model import Wiring, access
from ci_tokengate.core.tools.registry import wire
from ci_tokengate.core.tools.tool import Tool
from ci_tokengate.lifecycle.issue import Issued
from ci_tokengate.lifecycle.mint_surely import give_back
from ci_tokengate.wiring import proxies


@click.command()
@job_options
@connection_options()
@tools_option
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["text", "json", "shell"]),
    default="text",
    show_default=True,
    help="shell: `export` lines, for eval.",
)
@click.pass_obj
def mint(env: Env, /, fmt: str, tools: str, **options: Any) -> None:
    """A job key on standard output, or the reason why not. End it with `revoke`."""
    end_politely_on_sigterm()
    chosen = chosen_tools(tools)
    session, issued = mint_in_session(env, options)
    if issued.key is None:
        show_admission(issued.admission, "json" if fmt == "json" else "text")
        sys.exit(1)
    try:
        _, wired = wire_in_folder(env, session, issued, chosen)
        show_key(issued.admission, issued.key, wired.env, fmt)
    except BaseException as error:
        give_back(session.proxy, _handle(issued, issued.key), because=error)
        raise


def _handle(issued: Issued, key: JobKey) -> Handle:
    return Handle(alias=key.alias, team_id=issued.admission.team.id, key_id=key.id)


def mint_in_session(env: Env, options: Options) -> tuple[Session, Issued]:
    ask = asked(options)
    session = open_session(env, options)
    issued = command.mint(
        session.proxy,
        session.policy,
        session.job.context,
        ask,
        clock=proxies.clock(),
        nonce=proxies.nonce,
        announce=lambda _: None,
        exemptions=session.exemptions,
    )
    if issued.key is not None and env.get("GITHUB_ACTIONS") == "true":
        # Standard output may be captured, and is then no log; the runner reads commands from both.
        GitHubRunner(env, sys.stderr).mask(issued.key.key)
    return session, issued


def wire_in_folder(
    env: Env, session: Session, issued: Issued, tools: Sequence[Tool]
) -> tuple[str, Wiring]:
    """Writes the tools' config files into a new private folder, and returns it with the wiring."""
    folder = private_folder(env.get("RUNNER_TEMP"))
    wired = wire(
        tools,
        access(
            proxies.entrance(session.site, issued.key),
            key=issued.key.key if issued.key else "",
            models=issued.admission.routing.models,
            folder=folder,
        ),
    )
    write_files(folder, wired.files)
    return folder, wired
