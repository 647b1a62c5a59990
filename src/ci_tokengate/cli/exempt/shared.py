"""What the three share: the policy's repository, its files, and whom to ask who agreed."""

from __future__ import annotations

from pathlib import Path

import click

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.cli.options import Env, Options
from ci_tokengate.core.governance.exemption import Granted
from ci_tokengate.core.policy import Policy
from ci_tokengate.errors import UsageError
from ci_tokengate.ports.reviews import Reviews
from ci_tokengate.wiring import exemptions, policies, reviews

repository_option = click.option(
    "--repository", envvar="GITHUB_REPOSITORY", default="", help="owner/name, of the policy."
)
token_option = click.option(
    "--github-token", envvar="GITHUB_TOKEN", default="", help="Reads reviews; writes a request."
)


def granted(policy_path: str, *, every: bool) -> tuple[Policy, Granted]:
    """The policy, and all exemptions: its own, and those of the folder beside it.

    A file that is none grants nothing and is told as a trouble; it keeps no other from being taken back.
    """
    policy = policies.local_policy(policy_path)
    folder = exemptions.folder_of(policy_path)
    files = exemptions.local_files(folder, every=every)
    beside = exemptions.granted(files, policy, every=every)
    return policy, Granted(
        exemptions=(*policy.exemptions, *beside.exemptions), troubles=beside.troubles
    )


def open_reviews(env: Env, options: Options, policy: Policy, deadline: Deadline) -> Reviews:
    """Raises UsageError where the repository, or a file's place in it, is not known."""
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
        environment=policy.exemption_rules.environment,
    )
