"""Issues. Pull requests are among them, with the key `pull_request`.

Source: https://docs.github.com/rest/issues/issues
"""

from __future__ import annotations

from typing import Any

from ci_tokengate.sandbox.github import issueviews as views
from ci_tokengate.sandbox.github.refusals import invalid, missing
from ci_tokengate.sandbox.github.state import Json, stamp
from ci_tokengate.sandbox.github.users import as_document
from ci_tokengate.sandbox.github.web import Call, Reply, paged

LONGEST = 65_536
"""Characters of a body."""


def get(call: Call) -> Reply:
    return Reply(body=_known(call))


def list_issues(call: Call) -> Reply:
    """`labels=a,b`: with all of them."""
    query, state = call.query, call.state
    wanted = {name for name in query.get("labels", "").split(",") if name}
    numbers = sorted({*state.issues, *state.pulls})
    found = [views.issue(state, call.repository, number) for number in numbers]
    found = [i for i in found if query.get("state", "open") in ("all", i["state"])]
    found = [i for i in found if wanted <= {label["name"] for label in i["labels"]}]
    found = [i for i in found if i["updated_at"] >= query.get("since", "")]
    if "creator" in query:
        by = query["creator"] if state.filters_apps else query["creator"].removesuffix("[bot]")
        found = [i for i in found if i["user"] and i["user"]["login"] == by]
    field = {"updated": "updated_at", "comments": "comments"}.get(
        query.get("sort", ""), "created_at"
    )
    newest = query.get("direction", "desc") == "desc"
    return paged(call, sorted(found, key=lambda i: (i[field], i["number"]), reverse=newest))


def create(call: Call) -> Reply:
    call.require("issues")
    number, body = call.state.next_number(), call.body.get("body")
    title = call.text("title")
    if not title.strip():
        raise invalid("Issue", "missing_field", "title")
    _check_length(body)
    call.state.issues[number] = {
        "title": title,
        "body": body,
        "labels": list(call.body.get("labels") or []),
        "user": as_document(call.who),
        "app_slug": call.who.app_slug,
        "author_association": call.who.association,
        "created_at": stamp(call.state.now()),
    }
    return Reply(body=views.issue(call.state, call.repository, number), status=201)


def edit(call: Call) -> Reply:
    is_pull = call.number in call.state.pulls
    call.require("issues", *(["pull_requests"] if is_pull else []))
    _known(call)
    document = (call.state.pulls if is_pull else call.state.issues)[call.number]
    _check_length(call.body.get("body"))
    names = ("title", "body", "labels", "state", "state_reason")
    given = {name: call.body[name] for name in names if name in call.body}
    now = stamp(call.state.now())
    if given.get("state") == "closed":
        given = {"state_reason": "completed", "closed_by": as_document(call.who)} | given
        given["closed_at"] = now
    elif given.get("state") == "open":
        given |= {"closed_at": None, "closed_by": None, "state_reason": "reopened"}
    document |= {**given, "updated_at": now}
    return Reply(body=_known(call))


def _check_length(body: Any) -> None:
    if isinstance(body, str) and len(body) > LONGEST:
        raise invalid(
            "Issue", "custom", "body", f"body is too long (maximum is {LONGEST} characters)"
        )


def _known(call: Call) -> Json:
    if call.number not in call.state.issues and call.number not in call.state.pulls:
        raise missing()
    return views.issue(call.state, call.repository, call.number)
