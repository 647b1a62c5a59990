"""What the commands about all teams share: the policy on this machine, the proxy, the keys."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.cli.options import Options, local_policy_option
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.site import Site
from ci_tokengate.ports.budgets import TeamBudgets
from ci_tokengate.ports.watch import TeamLog
from ci_tokengate.wiring import budgets, proxies, spend_logs

_F = TypeVar("_F", bound=Callable[..., Any])
_OPTIONS = (
    local_policy_option("The policy file, on this machine."),
    click.option("--team", "teams", multiple=True, help="Only this one; can be given again."),
    click.option("--proxy-url", envvar="TOKENGATE_PROXY_URL", default="", help="Bare address."),
    click.option(
        "--proxy",
        "kind",
        envvar="TOKENGATE_PROXY",
        default="",
        help=f"Kind of the proxy: {', '.join(proxies.KINDS)}.",
    ),
    click.option(
        "--reading-key",
        envvar="TOKENGATE_READING_KEY",
        default="",
        help="A key that sees all teams and changes nothing; better in the variable.",
    ),
    click.option(
        "--admin-key",
        envvar="TOKENGATE_ADMIN_KEY",
        default="",
        help="For this command only; better in the variable.",
    ),
    click.option(
        "--timeout",
        type=click.IntRange(1, 3600),
        default=120,
        show_default=True,
        help="Seconds, in all.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Proxied:
    """Where all teams' budgets are."""

    site: Site
    reading_key: str
    admin_key: str
    deadline: Deadline

    def to_read(self) -> TeamBudgets:
        return budgets.open_to_read(
            self.site,
            reading_key=self.reading_key,
            admin_key=self.admin_key,
            deadline=self.deadline,
        )

    def to_change(self) -> TeamBudgets:
        return budgets.open_to_change(self.site, admin_key=self.admin_key, deadline=self.deadline)

    def team_log(self) -> TeamLog | None:
        """None where there is no key to read it with."""
        keys = (self.reading_key, self.admin_key)
        return spend_logs.open_team_log(self.site, *keys, self.deadline)


def governance_options(command: _F) -> _F:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def proxied(options: Options, policy: Policy | None) -> Proxied:
    """Raises UsageError where no proxy is given."""
    return Proxied(
        site=proxies.site(options["kind"], options["proxy_url"], policy),
        reading_key=options["reading_key"],
        admin_key=options["admin_key"],
        deadline=Deadline(options["timeout"]),
    )


def progress(what: str) -> Callable[[int, int], None]:
    """A line that is written over on a terminal; nothing where nobody looks."""
    if not sys.stderr.isatty():
        return lambda done, all_: None

    def show(done: int, all_: int) -> None:
        click.echo(f"\r  {what}: {done} of {all_} ", err=True, nl=done == all_)

    return show
