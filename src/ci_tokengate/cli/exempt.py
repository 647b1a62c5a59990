"""`exempt request`, `exempt sync` and `exempt log`."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.policy.load_exemptions import load_exemption
from ci_tokengate.cli.governance import governance_options, progress, proxied
from ci_tokengate.cli.options import Env, Options, format_option, print_json
from ci_tokengate.commands import exempt as command
from ci_tokengate.core.governance.exemption import Exemption, Granted
from ci_tokengate.core.policy import Policy
from ci_tokengate.errors import PolicyError, UsageError
from ci_tokengate.ports.reviews import Proposal, Reviews
from ci_tokengate.render import budget as render_budget
from ci_tokengate.render import exempt as render
from ci_tokengate.wiring import exemptions, policies, proxies, reviews
from ci_tokengate.wiring.spend_logs import open_spend_log

_repository = click.option(
    "--repository", envvar="GITHUB_REPOSITORY", default="", help="owner/name, of the policy."
)
_token = click.option(
    "--github-token", envvar="GITHUB_TOKEN", default="", help="Reads reviews; writes a request."
)


@click.group()
def exempt() -> None:
    """More than the plan, for a time: asked for, agreed to and taken back as reviewed data."""


@exempt.command()
@click.option("--team", required=True, help="Who needs more.")
@click.option("--use-case", default="", help="Only this one.")
@click.option("--extra", required=True, help="USD above the team's hard stop.")
@click.option(
    "--from", "first", default="", help="A day, or a time with an offset. Default: today."
)
@click.option("--until", "last", required=True, help="The last day, or the moment it is over.")
@click.option("--reason", required=True, help="Why; whoever agrees reads it.")
@click.option("--ticket", default="", help="Where more is said.")
@click.option("--requested-by", envvar="GITHUB_ACTOR", default="", help="Login of whoever asks.")
@click.option(
    "--policy",
    "policy_path",
    envvar="TOKENGATE_POLICY",
    default=policies.DEFAULT_POLICY,
    show_default=True,
    help="The policy file, on this machine and in the repository.",
)
@_repository
@_token
@click.option("--dry-run", is_flag=True, help="Only show the file.")
@click.pass_obj
def request(env: Env, /, policy_path: str, dry_run: bool, **options: Any) -> None:
    """Write the file and open the pull request that asks for it."""
    policy = policies.local_policy(policy_path)
    if not options["requested_by"]:
        raise UsageError("Who asks?", hint="Give --requested-by, your login at GitHub.")
    today = datetime.now(ZoneInfo(policy.zone) if policy.zone != "UTC" else timezone.utc).date()
    text = render.file_text(
        [
            ("team", options["team"]),
            ("use-case", options["use_case"]),
            ("extra", options["extra"]),
            ("from", options["first"] or f"{today}"),
            ("until", options["last"]),
            ("reason", options["reason"]),
            ("requested-by", options["requested_by"]),
            ("ticket", options["ticket"]),
        ]
    )
    wanted = load_exemption(text, "the request", "request", policy)
    last_day = (wanted.ends_at - timedelta(microseconds=1)).date()
    name = render.file_name(last_day=last_day, team=wanted.team, reason=wanted.reason)
    path = f"{exemptions.folder_of(policy_path)}/{name}"
    if dry_run:
        click.echo(f"# {path}\n{text}", nl=False)
        return
    host = _reviews(env, {**options, "policy_path": policy_path}, Deadline(60))
    url = host.propose(
        Proposal(
            branch=f"tokengate/exempt-{name.removesuffix('.yml')}",
            path=path,
            text=text,
            title=render.title(wanted),
            body=render.body(wanted, policy.exemption_rules.approvers),
        )
    )
    click.echo(f"✔ Asked for: {url}")
    click.echo("  It counts once that is approved and merged.")


@exempt.command()
@governance_options
@_repository
@_token
@click.option("--dry-run", is_flag=True, help="Only say what would change at the proxy.")
@click.pass_obj
def sync(env: Env, /, teams: tuple[str, ...], dry_run: bool, **options: Any) -> None:
    """Raise teams at the proxy by the exemptions in force, and take back what is over.

    Run it when a policy is merged and on a schedule; a run that was missed is made up for by the next.
    Exits 1 where an exemption lacks the approval that the policy asks for.
    """
    if teams:
        raise UsageError("exempt sync is about all teams.", hint="Leave --team out.")
    policy, granted = _granted(options["policy_path"], every=False)
    there = proxied(options, policy)
    budgets = there.to_read() if dry_run else there.to_change()
    host = _reviews(env, options, there.deadline)
    judged = command.judge(granted, policy, host, now=proxies.clock().now())
    if any(one.agreement for one in judged) and not host.protected():
        click.echo("! The default branch is not protected: whoever may push can grant.", err=True)
    for one in judged:
        trouble = one.trouble.message if one.trouble else ""
        click.echo(render.judged_line(one.exemption, one.agreement, trouble))
    found = command.sync(budgets, policy, judged)
    codes = [one.trouble.exit_code for one in judged if one.trouble]
    codes += [1 for one in judged if one.agreement and not one.agreement.given]
    if dry_run:
        click.echo("\n".join(render_budget.plan_lines(found)))
        sys.exit(max(codes, default=0))
    changed = False
    for applied in command.apply(budgets, found):
        changed = True
        click.echo(render_budget.applied_line(applied))
        codes += [applied.trouble.exit_code] if applied.trouble else []
    if not changed:
        click.echo("✔ All teams are as they should be.")
    sys.exit(max(codes, default=0))


@exempt.command()
@governance_options
@_repository
@_token
@format_option
@click.pass_obj
def log(env: Env, /, teams: tuple[str, ...], fmt: str, **options: Any) -> None:
    """Who asked, who agreed, why, and what was run in the window.

    With a GitHub token it says who agreed; with a reading key, what was run and what that cost.
    """
    policy, granted = _granted(options["policy_path"], every=True)
    wanted = [e for e in granted if not teams or e.team in teams]
    there = proxied(options, policy)
    spend_log = None
    if options["reading_key"].strip():
        spend_log = open_spend_log(there.site, options["reading_key"], "", there.deadline)
    found = []
    for one in command.audit(
        wanted,
        policy,
        reviews=_reviews(env, options, there.deadline) if options["github_token"] else None,
        log=spend_log,
        now=proxies.clock().now(),
        progress=progress("days read"),
    ):
        found.append(one)
        if fmt == "text":
            click.echo("\n".join(render.log_lines(one)))
    if fmt == "json":
        print_json([render.log_json(one) for one in found])
    elif not found:
        click.echo("There is no exemption.")


def _granted(policy_path: str, *, every: bool) -> tuple[Policy, list[Exemption]]:
    """Raises PolicyError for a file that is none: nothing should follow from half of them."""
    policy = policies.local_policy(policy_path)
    folder = exemptions.folder_of(policy_path)
    beside: Granted = exemptions.granted(exemptions.local_files(folder, every=every), policy)
    if beside.troubles:
        raise PolicyError(beside.troubles[0], hint="`ci-tokengate policy check` shows them all.")
    return policy, [*policy.exemptions, *beside.exemptions]


def _reviews(env: Env, options: Options, deadline: Deadline) -> Reviews:
    if "/" not in options["repository"]:
        raise UsageError("Give --repository owner/name.", hint="Or set GITHUB_REPOSITORY.")
    if Path(options["policy_path"]).is_absolute():
        raise UsageError(
            "--policy is an absolute path, so where it lies in the repository is not known.",
            hint="Run this at the repository's root, with a path below it.",
        )
    return reviews.open_reviews(
        env.get("GITHUB_API_URL", ""),
        options["github_token"],
        options["repository"],
        deadline,
    )
