"""Who agreed to what, at the code host."""

from __future__ import annotations

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.errors import CredentialError
from ci_tokengate.ports.reviews import Reviews
from ci_tokengate.wiring.proxies import clock, one_line_secret


def open_reviews(
    api_url: str, token: str, repository: str, deadline: Deadline, *, environment: str = ""
) -> Reviews:
    """`environment` is the policy's, if any. Raises CredentialError without a token: nobody could be asked."""
    from ci_tokengate.adapters.github_reviews import GitHubReviews

    secret = one_line_secret(token, "github-token")
    if not secret:
        raise CredentialError(
            "There is no GitHub token, so nobody can be asked who agreed.",
            hint="Set GITHUB_TOKEN; it reads contents and pull requests, and writes them to ask.",
        )
    url = api_url or "https://api.github.com"
    return GitHubReviews(
        url, secret, repository, deadline=deadline, clock=clock(), environment=environment
    )
