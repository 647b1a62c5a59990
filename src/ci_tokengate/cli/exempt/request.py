"""`exempt request`."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import click

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.policy.load_exemptions import load_exemption
from ci_tokengate.cli.exempt.shared import open_reviews, repository_option, token_option
from ci_tokengate.cli.options import Env, Options, local_policy_option
from ci_tokengate.core.governance.exemption import Exemption
from ci_tokengate.core.policy import Policy
from ci_tokengate.errors import UsageError
from ci_tokengate.ports.reviews import Proposal
from ci_tokengate.render import exempt as render
from ci_tokengate.render.money import when
from ci_tokengate.wiring import exemptions, policies, proxies

_A_MOMENT = timedelta(microseconds=1)


@click.command()
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
@local_policy_option("The policy file, on this machine and in the repository.")
@repository_option
@token_option
@click.option("--dry-run", is_flag=True, help="Only show the file.")
@click.pass_obj
def request(env: Env, /, policy_path: str, dry_run: bool, **options: Any) -> None:
    """Write the file and open the pull request that asks for it."""
    policy = policies.local_policy(policy_path)
    text = _text(options, policy)
    wanted = load_exemption(text, "the request", "request", policy)
    _check_could_count(wanted, policy)
    name = render.file_name(
        last_day=(wanted.ends_at - _A_MOMENT).date(), team=wanted.team, reason=wanted.reason
    )
    path = f"{exemptions.folder_of(policy_path)}/{name}"
    if dry_run:
        click.echo(f"# {path}\n{text}", nl=False)
        return
    host = open_reviews(env, {**options, "policy_path": policy_path}, policy, Deadline(60))
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


def _text(options: Options, policy: Policy) -> str:
    """The file. Raises UsageError where nobody asks."""
    asks = options["requested_by"].strip().removeprefix("@")
    if not asks:
        raise UsageError("Who asks?", hint="Give --requested-by, your login at GitHub.")
    zone = ZoneInfo(policy.zone) if policy.zone != "UTC" else timezone.utc
    today = proxies.clock().now().astimezone(zone).date()
    return render.file_text(
        [
            ("team", options["team"]),
            ("use-case", options["use_case"]),
            ("extra", options["extra"]),
            ("from", options["first"] or f"{today}"),
            ("until", options["last"]),
            ("reason", options["reason"]),
            ("requested-by", asks),
            ("ticket", options["ticket"]),
        ]
    )


def _check_could_count(wanted: Exemption, policy: Policy) -> None:
    """Before anybody is asked. Raises UsageError for a window that is over, and where nobody may agree."""
    if wanted.ends_at <= proxies.clock().now():
        raise UsageError(
            f"The window is over: it ended on {when(wanted.ends_at)}.",
            hint="Ask for days that are still to come.",
        )
    approvers = policy.exemption_rules.approvers
    others = [a for a in approvers if a.removeprefix("@").lower() != wanted.requested_by.lower()]
    if approvers and not others:
        raise UsageError(
            f"Nobody but {wanted.requested_by} may agree to it, and nobody agrees to their own.",
            hint="Have a second login named in exemptions.approvers, or let somebody else ask.",
        )
