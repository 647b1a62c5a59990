"""Reviews of pull requests.

Source: https://docs.github.com/rest/pulls/reviews
"""

from __future__ import annotations

from ci_tokengate.sandbox.github import pullviews as views
from ci_tokengate.sandbox.github.pulls import known_pull
from ci_tokengate.sandbox.github.refusals import invalid
from ci_tokengate.sandbox.github.state import Json, stamp
from ci_tokengate.sandbox.github.users import as_document, user_of
from ci_tokengate.sandbox.github.web import API, WEB, Call, Reply, paged

_REVIEWS = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
    None: "PENDING",
}


def list_reviews(call: Call) -> Reply:
    known_pull(call)
    return paged(call, [_review(call, each) for each in call.state.reviews.get(call.number, [])])


def create_review(call: Call) -> Reply:
    call.require("pull_requests")
    known, event = known_pull(call), call.body.get("event")
    if event not in _REVIEWS:
        raise invalid("PullRequestReview", "invalid", "event")
    new: Json = {
        "id": call.state.next_id(),
        "user": as_document(call.who),
        "body": call.body.get("body") or "",
        "state": _REVIEWS[event],
        "commit_id": call.body.get("commit_id", known["head"]["sha"]),
        "author_association": call.who.association,
    }
    if event:
        new["submitted_at"] = stamp(call.state.now())
    call.state.reviews.setdefault(call.number, []).append(new)
    return Reply(body=_review(call, new))


def _review(call: Call, document: Json) -> Json:
    page = f"{WEB}/{call.repository}/pull/{call.number}#pullrequestreview-{document.get('id', 1)}"
    at = f"{API}/repos/{call.repository}/pulls/{call.number}"
    return {
        "id": 1,
        "node_id": f"PRR_kwDO{document.get('id', 1)}",
        "body": "",
        "state": "APPROVED",
        "html_url": page,
        "pull_request_url": at,
        "_links": {"html": {"href": page}, "pull_request": {"href": at}},
        "submitted_at": stamp(call.state.started),
        "commit_id": views.HEAD_SHA,
        "author_association": "MEMBER",
        **document,
        "user": user_of(document.get("user", {})),
    }
