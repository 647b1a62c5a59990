"""What active rulesets ask of a branch, which need not exist.

Source: https://docs.github.com/rest/repos/rules#get-rules-for-a-branch
"""

from __future__ import annotations

from ci_tokengate.sandbox.github.state import Json
from ci_tokengate.sandbox.github.web import Call, Reply, paged

_REVIEW: Json = {
    "dismiss_stale_reviews_on_push": True,
    "require_code_owner_review": False,
    "require_last_push_approval": False,
    "required_approving_review_count": 1,
    "required_review_thread_resolution": False,
}


def rule(kind: str, **parameters: object) -> Json:
    """One rule, as `GitHubState.rules` holds it. A `pull_request` asks for one approval if nothing else is said."""
    if kind == "pull_request":
        return {"type": kind, "parameters": _REVIEW | parameters}
    return {"type": kind, "parameters": parameters} if parameters else {"type": kind}


def of_branch(call: Call) -> Reply:
    source = {
        "ruleset_source_type": "Repository",
        "ruleset_source": call.repository,
        "ruleset_id": 42,
    }
    found = call.state.rules.get(str(call.params["branch"]), [])
    return paged(call, [each | source for each in found])
