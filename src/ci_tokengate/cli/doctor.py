"""`doctor`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import click

from ci_tokengate.adapters.event import Job, elsewhere_job
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.price_book import list_price
from ci_tokengate.adapters.process import end_politely_on_sigterm
from ci_tokengate.cli.options import (
    Env,
    Options,
    bound_policy_option,
    connection_options,
    format_option,
    tools_option,
)
from ci_tokengate.cli.printing import print_json
from ci_tokengate.cli.session import chosen_tools, job_of, say_policy
from ci_tokengate.commands import doctor as command
from ci_tokengate.commands.doctor import Patient
from ci_tokengate.core.check import Check, exit_code, fail
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.policy_place import PolicyPlace
from ci_tokengate.core.redact import redact
from ci_tokengate.core.tools.tool import Tool
from ci_tokengate.errors import TokengateError, UsageError
from ci_tokengate.render import doctor as render
from ci_tokengate.wiring import doctor as wiring
from ci_tokengate.wiring import policies, proxies

_LIVE = 600.0
"""Seconds that --live has at least."""
_FOLDER = "/tokengate"
"""Where config files would be written: none is, so it need not be there."""


@click.command()
@bound_policy_option
@click.option("--repository", envvar="GITHUB_REPOSITORY", default="", help="owner/name.")
@click.option("--team", default="", help="Who pays for --call and --live.")
@click.option("--use-case", default="", help="Only the tools' wiring for this one.")
@click.option("--call", is_flag=True, help="One real call with each tool's wiring: a few cents.")
@click.option(
    "--live",
    is_flag=True,
    help="Prove what only a running proxy can: two keys, one small call, a few minutes.",
)
@connection_options()
@tools_option
@format_option
@click.pass_obj
def doctor(env: Env, /, fmt: str, tools: str, **options: Any) -> None:
    """What is wrong with the set-up, and what to change. Spends nothing without --call or --live.

    Trial keys that it mints cannot spend (their cap is 0, or the proxy's smallest with nothing asked) and are
    deleted at once.
    """
    end_politely_on_sigterm()
    chosen = chosen_tools(tools)
    patient = _patient(env, options, chosen)
    secrets = [options["proxy_key"].strip(), options["github_token"].strip()]
    checks: list[Check] = []
    width = max(len(name) for name in ("credential", *(tool.name for tool in chosen)))
    with closing(command.doctor(patient)) as found:
        for check in found:
            checks.append(check)
            if fmt == "text":
                click.echo(redact(render.check_line(check, width), secrets))
    if fmt == "json":
        told = [{k: redact(v, secrets) for k, v in render.check_json(c).items()} for c in checks]
        print_json({"exit_code": exit_code(checks), "checks": told})
    else:
        click.echo(render.closing(checks, called=patient.call, live=patient.book is not None))
    sys.exit(exit_code(checks))


def _patient(env: Env, options: Options, tools: Sequence[Tool]) -> Patient:
    """Whatever cannot be opened is told by a line of its own, not by an error."""
    deadline = Deadline(max(options["timeout"], _LIVE if options["live"] else 0.0))
    job, policy, trouble = _job_and_policy(env, options, deadline)
    _check_named(options, policy)
    address = wiring.address(options["proxy_url"], policy)
    site = wiring.site(options["kind"], address, policy)
    checks, proxy, diagnosis, why = list(address.checks), None, None, "see proxy"
    if address.url:
        try:
            proxy = proxies.open_proxy(site, options["proxy_key"], deadline)
            diagnosis = wiring.open_diagnosis(site, options["proxy_key"], deadline)
        except TokengateError as error:
            checks.append(fail("credential", error.message, error.hint))
            why = "see credential"
    pull = job.context.pull_request
    rights = wiring.open_comment_rights(
        env.get("GITHUB_API_URL", ""),
        options["github_token"],
        deadline,
        from_fork=pull is not None and pull.from_fork,
    )
    return Patient(
        policy=policy,
        policy_trouble=trouble,
        address=tuple(checks),
        url=address.url,
        entrance=proxies.entrance(site),
        why_no_proxy=why,
        proxy=proxy,
        diagnosis=diagnosis,
        comments=rights,
        context=job.context,
        tools=tools,
        folder=_FOLDER,
        clock=proxies.clock(),
        nonce=proxies.nonce,
        call=options["call"],
        book=list_price if options["live"] else None,
        team=options["team"],
        use_case=options["use_case"],
    )


def _job_and_policy(
    env: Env, options: Options, deadline: Deadline
) -> tuple[Job, Policy | None, TokengateError | None]:
    job = Job(context=elsewhere_job(env), place=PolicyPlace(ref=None))
    try:
        api_url = env.get("GITHUB_API_URL", "")
        host = policies.open_code_host(api_url, options["github_token"], deadline)
        job = job_of(env, {"pr": "", "run_id": "", "job": "", **options}, host)
        bound = policies.job_policy(job, host, options["policy_path"])
        say_policy(bound, env)
        return job, bound.policy, None
    except TokengateError as error:
        return job, None, error


def _check_named(options: Options, policy: Policy | None) -> None:
    """A team or use case that is named must be there. Raises UsageError."""
    if policy is None:
        return
    if options["team"]:
        policy.team(options["team"])
    if options["use_case"]:
        policy.use_case(options["use_case"])
    for flag in ("call", "live"):
        if options[flag] and not (options["team"] or policy.default_team):
            raise UsageError(f"--{flag} needs to know who pays.", hint="Give --team.")
