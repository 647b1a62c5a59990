"""`exempt sync`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.cli.exempt.shared import granted, open_reviews, repository_option, token_option
from ci_tokengate.cli.governance import governance_options, proxied
from ci_tokengate.cli.options import Env, Options
from ci_tokengate.commands import exempt as command
from ci_tokengate.commands.exempt import Judged
from ci_tokengate.core.governance.approval import MergedChange
from ci_tokengate.core.governance.team import BudgetPlan, Why
from ci_tokengate.core.policy import Policy
from ci_tokengate.errors import CredentialError, TokengateError, UsageError
from ci_tokengate.ports.budgets import TeamBudgets
from ci_tokengate.ports.reviews import Proposal, Reviews
from ci_tokengate.render import budget as render_budget
from ci_tokengate.render import exempt as render
from ci_tokengate.wiring import proxies


@click.command()
@governance_options
@repository_option
@token_option
@click.option("--dry-run", is_flag=True, help="Only say what would change at the proxy.")
@click.pass_obj
def sync(env: Env, /, teams: tuple[str, ...], dry_run: bool, **options: Any) -> None:
    """Raise teams at the proxy by the exemptions in force, and take back what is over.

    Run it when a policy is merged and on a schedule; a run that was missed is made up for by the next.
    Exits 1 where an exemption lacks the approval that the policy asks for. What is over is taken back
    all the same, also where a file is broken or nobody can be asked.
    """
    if teams:
        raise UsageError("exempt sync is about all teams.", hint="Leave --team out.")
    policy, found = granted(options["policy_path"], every=False)
    there = proxied(options, policy)
    budgets = there.to_read() if dry_run else there.to_change()
    host = _host(env, options, policy, there.deadline)
    for trouble in found.troubles:
        click.echo(f"✖ {trouble}", err=True)
    now = proxies.clock().now()
    judged = command.judge(found.exemptions, policy, host, now=now)
    _tell(judged, host)
    plan = command.sync(budgets, policy, judged, owner=options["repository"], now=now)
    idle = _idle(judged, plan, policy)
    for team, why in idle.items():
        click.echo(f"✖ {team}: {why.value}, so nothing is raised", err=True)
    codes = [*([2] if found.troubles or idle else []), *_codes(judged)]
    if dry_run:
        click.echo("\n".join(render_budget.plan_lines(plan, by="exempt sync")))
    else:
        codes += _apply(budgets, plan)
    sys.exit(max(codes, default=0))


class _Nobody:
    """There is no token, so nobody can be asked: what is over is taken back all the same."""

    def __init__(self, error: CredentialError) -> None:
        self._error = error

    def last_change(self, path: str) -> MergedChange | None:
        raise self._error

    def protected(self) -> bool:
        raise self._error

    def propose(self, proposal: Proposal) -> str:
        raise self._error


def _host(env: Env, options: Options, policy: Policy, deadline: Deadline) -> Reviews:
    """Raises UsageError where the repository is not known."""
    try:
        return open_reviews(env, options, policy, deadline)
    except CredentialError as error:
        return _Nobody(error)


def _tell(judged: Sequence[Judged], host: Reviews) -> None:
    for one in judged:
        trouble = one.trouble.message if one.trouble else ""
        click.echo(render.judged_line(one.exemption, one.agreement, trouble))
    if not any(one.agreement for one in judged):
        return
    try:
        protected = host.protected()
    except TokengateError as error:  # the agreement itself is known
        click.echo(f"! Is the default branch protected? {error.message}", err=True)
    else:
        if not protected:
            told = "! The default branch is not protected: whoever may push can grant."
            click.echo(told, err=True)


def _codes(judged: Sequence[Judged]) -> list[int]:
    codes = [one.trouble.exit_code for one in judged if one.trouble]
    return codes + [1 for one in judged if one.agreement and not one.agreement.given]


def _idle(judged: Sequence[Judged], plan: BudgetPlan, policy: Policy) -> dict[str, Why]:
    """Teams that have an exemption and nothing that it could raise; others are `budget plan`'s to tell."""
    gone = {change.team for change in plan.changes if change.why is Why.NOT_THERE}
    found = {}
    for team in sorted({one.exemption.team for one in judged}):
        if team in gone:
            found[team] = Why.NOT_THERE
        elif policy.teams[team].plan is None:
            found[team] = Why.NO_PLAN
    return found


def _apply(budgets: TeamBudgets, plan: BudgetPlan) -> list[int]:
    """The exit codes of what went wrong."""
    codes, changed = [], False
    for applied in command.apply(budgets, plan):
        changed = True
        click.echo(render_budget.applied_line(applied))
        codes += [applied.trouble.exit_code] if applied.trouble else []
    if not changed:
        click.echo("✔ All teams are as they should be.")
    return codes
