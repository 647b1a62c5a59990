"""Who a token is, and what is left of its rate limit.

Source: https://docs.github.com/rest/users/users, …/rate-limit/rate-limit
"""

from __future__ import annotations

from ci_tokengate.sandbox.github.refusals import forbidden, no_credentials
from ci_tokengate.sandbox.github.state import stamp
from ci_tokengate.sandbox.github.users import user
from ci_tokengate.sandbox.github.web import Call, Reply


def me(call: Call) -> Reply:
    """An installation is nobody: a job's GITHUB_TOKEN is refused here."""
    if call.identity is None:
        raise no_credentials()
    if call.identity.app_slug is not None:
        raise forbidden(integration=True)
    began = stamp(call.state.started)
    unsaid = ("name", "company", "location", "email", "hireable", "bio", "twitter_username")
    counts = ("public_repos", "public_gists", "followers", "following")
    body = {
        **user(call.identity.login, call.identity.type),
        **dict.fromkeys(unsaid),
        "blog": "",
        **dict.fromkeys(counts, 0),
        "created_at": began,
        "updated_at": began,
    }
    return Reply(body=body)


def rate_limit(call: Call) -> Reply:
    rate = call.state.rate(call.identity.login if call.identity else None)
    resources = {name: {**rate, "resource": name} for name in ("core", "search", "graphql")}
    return Reply(body={"resources": resources, "rate": {**rate, "resource": "core"}})
