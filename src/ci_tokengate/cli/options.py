"""What several commands share: options, the job's context, the opened proxy."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from ci_tokengate.adapters.event import Job, elsewhere_job, github_job, numbered
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.durations import parse_duration
from ci_tokengate.core.money import parse_cap
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.policy_place import PolicyPlace
from ci_tokengate.core.site import Site
from ci_tokengate.core.tools.registry import select
from ci_tokengate.core.tools.tool import Tool
from ci_tokengate.lifecycle.admit import Exemptions
from ci_tokengate.lifecycle.ask import Ask
from ci_tokengate.ports import CodeHost, Proxy
from ci_tokengate.wiring import exemptions, policies, proxies
from ci_tokengate.wiring.ledgers import DEFAULT_URL

Env = Mapping[str, str]
Options = Mapping[str, Any]
_F = TypeVar("_F", bound=Callable[..., Any])
_ODD = re.compile(r"[^\n -~]")


def _no_nan(_context: click.Context, _option: click.Parameter, value: float) -> float:
    """NaN is within any range."""
    if math.isnan(value):
        raise click.BadParameter("nan is not a number of seconds.")
    return value


format_option = click.option(
    "--format", "fmt", type=click.Choice(["text", "json"]), default="text", show_default=True
)
ledger_option = click.option(
    "--ledger-url",
    envvar="TOKENGATE_LEDGER_URL",
    default=DEFAULT_URL,
    show_default=True,
    help="sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE; a password only in the variable.",
)
names_option = click.option(
    "--policy",
    "policy_path",
    envvar="TOKENGATE_POLICY",
    default="",
    help=f"Names teams, plans, owners and tiers. Default: {policies.DEFAULT_POLICY}, if it is there.",
)
tools_option = click.option(
    "--tools", default="auto", show_default=True, help="Agents to wire, separated by commas."
)
_CONNECTION = (
    click.option("--proxy-url", envvar="TOKENGATE_PROXY_URL", default="", help="Bare address."),
    click.option(
        "--proxy-key",
        envvar="TOKENGATE_PROXY_KEY",
        default="",
        help="The minting key; better in the variable, where no process list shows it.",
    ),
    click.option(
        "--proxy",
        "kind",
        envvar="TOKENGATE_PROXY",
        default="",
        help=f"Kind of the proxy: {', '.join(proxies.KINDS)}.",
    ),
    click.option("--github-token", envvar="GITHUB_TOKEN", default="", help="Reads the policy."),
)
_JOB = (
    click.option(
        "--policy",
        "policy_path",
        envvar="TOKENGATE_POLICY",
        default="",
        help=f"Default: {policies.DEFAULT_POLICY}; on GitHub at the base commit.",
    ),
    click.option("--team", default="", help="Who pays."),
    click.option("--use-case", default="", help="What the key is for."),
    click.option("--max-budget", default="", help="USD; may only lower the policy's cap."),
    click.option("--ttl", default="", help="Such as 30m; may only lower the policy's."),
    click.option("--repository", envvar="GITHUB_REPOSITORY", default="", help="owner/name."),
    click.option("--pr", default="", help="Number of the pull request that the job is for."),
    click.option("--run-id", default="", help="The run's id."),
    click.option("--job", default="", help="The job's name."),
)


@dataclass(frozen=True, kw_only=True)
class Session:
    """One command's view of the world."""

    policy: Policy
    proxy: Proxy
    site: Site
    job: Job
    deadline: Deadline
    exemptions: Exemptions


def connection_options(seconds: float = 30.0) -> Callable[[_F], _F]:
    """How to reach the proxy and the code host; `seconds` is the default of --timeout."""
    timeout = click.option(
        "--timeout",
        type=click.FloatRange(0.1, 3600),
        default=seconds,
        show_default=True,
        callback=_no_nan,
        help="Seconds, in all.",
    )

    def decorate(command: _F) -> _F:
        for option in reversed((*_CONNECTION, timeout)):
            command = option(command)
        return command

    return decorate


def job_options(command: _F) -> _F:
    """Who pays for what, and what job this is."""
    for option in reversed(_JOB):
        command = option(command)
    return command


def asked(options: Options) -> Ask:
    """Raises UsageError for a bad amount or duration."""
    budget, ttl = options["max_budget"], options["ttl"]
    return Ask(
        team=options["team"],
        use_case=options["use_case"],
        max_budget=parse_cap(budget, "--max-budget") if budget else None,
        ttl=parse_duration(ttl, "--ttl") if ttl else None,
    )


def chosen_tools(text: str) -> tuple[Tool, ...]:
    """Raises UsageError for a tool there is not, or that cannot be proxied."""
    return select(text.replace(",", " ").split())


def open_session(env: Env, options: Options) -> Session:
    """Reads the policy and opens the proxy. Raises as `wiring` does."""
    deadline = Deadline(options["timeout"])
    host = policies.open_code_host(env.get("GITHUB_API_URL", ""), options["github_token"], deadline)
    job = job_of(env, options, host)
    bound = policies.job_policy(job, host, options["policy_path"])
    say_policy(bound)
    site = proxies.site(options["kind"], options["proxy_url"], bound.policy)
    proxy = proxies.open_proxy(site, options["proxy_key"], deadline)
    return Session(
        policy=bound.policy,
        proxy=proxy,
        site=site,
        job=job,
        deadline=deadline,
        exemptions=exemptions.beside(bound, host, job.context.repository, options["policy_path"]),
    )


def say_policy(bound: policies.JobPolicy) -> None:
    """Which branch's policy counts, where that was a question: beside the answer, which `eval` may read."""
    if bound.said:
        click.echo(bound.said, err=True)


def open_bare_proxy(env: Env, options: Options) -> Proxy:
    """For commands that need no job; the policy on the disk, if there is one, names the proxy."""
    path = env.get("TOKENGATE_POLICY") or policies.DEFAULT_POLICY
    needed = not options["proxy_url"] and Path(path).exists()
    policy = policies.local_policy(path) if needed else None
    return proxies.open_proxy(
        proxies.site(options["kind"], options["proxy_url"], policy),
        options["proxy_key"],
        Deadline(options["timeout"]),
    )


def print_json(value: object) -> None:
    """Letters of all languages as they are; what could move a terminal's cursor, escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    click.echo(_ODD.sub(lambda found: _printed(found[0]), text))


def _printed(char: str) -> str:
    return char if char.isprintable() else json.dumps(char)[1:-1]


def job_of(env: Env, options: Options, host: CodeHost) -> Job:
    """A job of GitHub's runner keeps its identity; flags describe a job anywhere else."""
    if env.get("GITHUB_ACTIONS") == "true":
        return github_job(env, host)
    found = elsewhere_job(env)
    pull = numbered(options["pr"], found.branch) if options["pr"] else found.pull_request
    context = replace(
        found,
        repository=options["repository"] or found.repository,
        run_id=options["run_id"] or found.run_id,
        job=options["job"] or found.job,
        pull_request=pull,
    )
    return Job(context=context, place=PolicyPlace(ref=None))
