"""`budget plan` and `budget apply`."""

from __future__ import annotations

import sys
from typing import Any

import click

from ci_tokengate.cli.governance import Proxied, governance_options, proxied
from ci_tokengate.cli.options import Options, format_option
from ci_tokengate.cli.printing import print_json
from ci_tokengate.commands import budget as command
from ci_tokengate.core.governance.team import BudgetPlan, Why
from ci_tokengate.core.policy import Policy
from ci_tokengate.ports.budgets import TeamBudgets
from ci_tokengate.render import budget as render
from ci_tokengate.wiring import policies, proxies


@click.group()
def budget() -> None:
    """The policy's plans against the teams' budgets at the proxy."""


@budget.command()
@click.option("--check", is_flag=True, help="Exit 1 where something would change.")
@governance_options
@format_option
def plan(check: bool, fmt: str, teams: tuple[str, ...], **options: Any) -> None:
    """What `budget apply` would change at the proxy. Changes nothing.

    The proxy should warn at amber and refuse at the hard stop, so that it is the circuit breaker behind the gate.
    """
    policy, there = _opened(options)
    found = _plan(there.to_read(), policy, teams)
    if fmt == "json":
        print_json(render.plan_json(found))
    else:
        click.echo("\n".join(render.plan_lines(found)))
    sys.exit(1 if check and found.differs else 0)


@budget.command()
@governance_options
@format_option
def apply(fmt: str, teams: tuple[str, ...], **options: Any) -> None:
    """Bring the teams' budgets at the proxy to what the policy says. A second run changes nothing.

    Needs an admin key, for this command only. What others wrote in a team's metadata stays.
    """
    policy, there = _opened(options)
    budgets = there.to_change()
    found = _plan(budgets, policy, teams)
    done = []
    for applied in command.apply(budgets, found):
        done.append(applied)
        if fmt == "text":
            click.echo(render.applied_line(applied))
    missing = [change for change in found.changes if change.why is Why.NOT_THERE]
    if fmt == "json":
        print_json([render.applied_json(applied) for applied in done])
    else:
        for change in missing:
            click.echo(f"✖ {change.team}: {Why.NOT_THERE.value} ({change.team_id})", err=True)
        if not done:
            click.echo("✔ Nothing to change.")
    codes = [applied.trouble.exit_code for applied in done if applied.trouble]
    sys.exit(max([*codes, *([2] if missing else [])], default=0))


def _opened(options: Options) -> tuple[Policy, Proxied]:
    policy = policies.local_policy(options["policy_path"])
    return policy, proxied(options, policy)


def _plan(budgets: TeamBudgets, policy: Policy, teams: tuple[str, ...]) -> BudgetPlan:
    return command.plan(budgets, policy, now=proxies.clock().now(), teams=teams)
