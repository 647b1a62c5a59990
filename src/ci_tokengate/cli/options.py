"""Options that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from ci_tokengate.wiring import policies, proxies
from ci_tokengate.wiring.ledgers import DEFAULT_URL

Env = Mapping[str, str]
Options = Mapping[str, Any]
_F = TypeVar("_F", bound=Callable[..., Any])


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
bound_policy_option = click.option(
    "--policy",
    "policy_path",
    envvar="TOKENGATE_POLICY",
    default="",
    help=f"Default: {policies.DEFAULT_POLICY}; on GitHub at the base commit.",
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
    bound_policy_option,
    click.option("--team", default="", help="Who pays."),
    click.option("--use-case", default="", help="What the key is for."),
    click.option("--max-budget", default="", help="USD; may only lower the policy's cap."),
    click.option("--ttl", default="", help="Such as 30m; may only lower the policy's."),
    click.option("--repository", envvar="GITHUB_REPOSITORY", default="", help="owner/name."),
    click.option("--pr", default="", help="Number of the pull request that the job is for."),
    click.option("--run-id", default="", help="The run's id."),
    click.option("--job", default="", help="The job's name."),
)


def local_policy_option(text: str) -> Callable[[_F], _F]:
    """A policy that must be on this machine; `text` is what it is for."""
    return click.option(
        "--policy",
        "policy_path",
        envvar="TOKENGATE_POLICY",
        default=policies.DEFAULT_POLICY,
        show_default=True,
        help=text,
    )


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
