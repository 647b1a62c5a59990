"""Comments of issues and pull requests.

Source: https://docs.github.com/rest/issues/comments
"""

from __future__ import annotations

from ci_tokengate.sandbox.github import issueviews as views
from ci_tokengate.sandbox.github.issues import LONGEST
from ci_tokengate.sandbox.github.refusals import invalid, locked, missing
from ci_tokengate.sandbox.github.state import Comment, Json, stamp
from ci_tokengate.sandbox.github.web import Call, Reply, paged


def list_comments(call: Call) -> Reply:
    """Oldest first. `since` is about the last change."""
    _document(call, call.number)
    since = call.query.get("since", "")
    found = [c for c in call.state.comments_on(call.number) if stamp(c.updated) >= since]
    return paged(call, [_body(call, each) for each in found])


def create(call: Call) -> Reply:
    document = _document(call, call.number)
    _require(call, call.number)
    if document.get("locked") and not _may_speak_in_a_locked_one(call):
        raise locked()
    new = call.state.add_comment(call.number, _text(call), by=call.who)
    body = _body(call, new)
    return Reply(body=body, status=201, headers={"location": body["url"]})


def get(call: Call) -> Reply:
    return Reply(body=_body(call, _known(call)))


def edit(call: Call) -> Reply:
    """Whoever may write may edit anybody's comment; its author stays."""
    known = _known(call)
    _require(call, known.issue)
    known.body, known.updated = _text(call), call.state.now().replace(microsecond=0)
    return Reply(body=_body(call, known))


def delete(call: Call) -> Reply:
    known = _known(call)
    _require(call, known.issue)
    del call.state.comments[known.id]
    return Reply(status=204)


def _may_speak_in_a_locked_one(call: Call) -> bool:
    """Collaborators may; a job's own token is none."""
    return call.who.app_slug is None and call.who.may("contents", "write")


def _text(call: Call) -> str:
    body = call.text("body")
    if not body.strip():
        raise invalid("IssueComment", "unprocessable", "data", "Body cannot be blank")
    if len(body) > LONGEST:
        said = f"Body is too long (maximum is {LONGEST} characters)"
        raise invalid("IssueComment", "unprocessable", "data", said)
    return body


def _require(call: Call, number: int) -> None:
    is_pull = number in call.state.pulls
    call.require("issues", *(["pull_requests"] if is_pull else []))


def _document(call: Call, number: int) -> Json:
    for known in (call.state.pulls, call.state.issues):
        if number in known:
            return known[number]
    raise missing()


def _known(call: Call) -> Comment:
    found = call.state.comments.get(int(call.params["id"]))
    if found is None:
        raise missing()
    return found


def _body(call: Call, known: Comment) -> Json:
    is_pull = known.issue in call.state.pulls
    return views.comment(call.repository, known, stamp(call.state.started), pull=is_pull)
