"""`run`: a command with a job key in its environment only."""

from __future__ import annotations

import sys
from typing import Any

import click

from ci_tokengate.adapters.files import remove_folder
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.process import end_politely_on_sigterm, run_child
from ci_tokengate.cli.mint import mint_in_session, wire_in_folder
from ci_tokengate.cli.options import Env, connection_options, job_options, tools_option
from ci_tokengate.cli.session import Session, chosen_tools
from ci_tokengate.cli.show import show_admission
from ci_tokengate.core.keys import Handle, JobKey
from ci_tokengate.core.usage import total
from ci_tokengate.errors import TokengateError
from ci_tokengate.lifecycle.issue import Issued
from ci_tokengate.lifecycle.retire import retire
from ci_tokengate.ports import Proxy
from ci_tokengate.render.money import usd
from ci_tokengate.render.retired import cap_sentences
from ci_tokengate.wiring import proxies


@click.command(
    short_help="Run a command with a job key, then revoke it.",
    context_settings={"ignore_unknown_options": True},
)
@job_options
@connection_options()
@tools_option
@click.option(
    "--wait",
    type=click.FloatRange(0, 60),
    default=6.0,
    show_default=True,
    help="Seconds to wait for the proxy's first log row, to print the cost.",
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_obj
def run(env: Env, /, command: tuple[str, ...], tools: str, wait: float, **options: Any) -> None:
    """Mint, run COMMAND with the key in its environment only, revoke, print the cost.

    Forwards signals and exits as COMMAND does; when no key is given, COMMAND does not run.
    """
    end_politely_on_sigterm()
    chosen = chosen_tools(tools)
    session, issued = mint_in_session(env, options)
    key = issued.key
    if key is None:
        show_admission(issued.admission, "text")
        sys.exit(1)
    minting_key: str = options["proxy_key"].strip()
    folder, code, revoked = "", 1, False
    try:
        show_admission(issued.admission, "text", key=key)
        folder, wired = wire_in_folder(env, session, issued, chosen)
        code = run_child(command, {**_inherited(env, minting_key), **wired.env})
    finally:
        remove_folder(folder)
        revoked = _end(session, issued, key, minting_key, wait)
    sys.exit(code if revoked or code else 3)


def _inherited(env: Env, minting_key: str) -> dict[str, str]:
    """The environment without the minting key: with it, the command could mint for itself."""
    return {name: value for name, value in env.items() if minting_key not in value}


def _end(session: Session, issued: Issued, key: JobKey, minting_key: str, wait: float) -> bool:
    """Revokes with a fresh deadline, since the command may have run for an hour."""
    proxy = proxies.open_proxy(session.site, minting_key, Deadline(session.deadline.seconds))
    handle = Handle(alias=key.alias, team_id=issued.admission.team.id, key_id=key.id)
    try:
        retired = retire(proxy, handle, job_key=key.key, clock=proxies.clock())
    except TokengateError as error:
        click.echo(f"✖ The job key could not be revoked: {error.message}", err=True)
        again = f"ci-tokengate revoke --key-id {key.id}"
        click.echo(f"  It expires at {key.expires_at:%H:%M} UTC. To end it now: {again}", err=True)
        return False
    for sentence in cap_sentences(
        retired.refusals,
        spent=retired.spent,
        cap=key.cap,
        use_case=issued.admission.use_case.name,
        counted=retired.counted,
    ):
        click.echo(f"! {sentence}", err=True)
    click.echo(f"✔ The job key is revoked. {_cost(proxy, key, wait)}", err=True)
    return True


def _cost(proxy: Proxy, key: JobKey, wait: float) -> str:
    """The proxy writes its log rows some seconds late, so what is there now is provisional."""
    try:
        rows, waited = list(proxy.usage_of(key.id)), 0.0
        while not rows and waited < wait:
            proxies.clock().sleep(0.5)
            waited += 0.5
            rows = list(proxy.usage_of(key.id))
    except TokengateError:
        return "What it cost is unknown: the proxy does not say."
    calls = sum(not row.refusal for row in rows)
    if not calls:
        return "No call of it is in the proxy's log so far."
    cost = f"{usd(total(rows))} for {calls} call{'' if calls == 1 else 's'}"
    return f"Cost: {cost}, provisional (the proxy writes with a delay)."
