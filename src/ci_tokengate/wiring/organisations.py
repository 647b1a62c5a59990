"""An organisation at GitHub. PyGithub's import takes a quarter of a second: only who asks for one pays."""

from __future__ import annotations

import re

from ci_tokengate.adapters.github_org import GitHubOrganisation
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import Organisation
from ci_tokengate.wiring.proxies import one_line_secret

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})", re.ASCII)


def open_organisation(api_url: str, token: str, name: str, deadline: Deadline) -> Organisation:
    """Raises UsageError for what is no name. Without a token GitHub tells public repositories, and few."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name[:40]!r} is no name of an organisation.", hint="Give --org octo-org."
        )
    secret = one_line_secret(token, "github-token") if token else ""
    return GitHubOrganisation(api_url or "https://api.github.com", secret, name, deadline=deadline)
