"""Issues and their comments, as they stand in bodies. A pull request is an issue too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ci_tokengate.sandbox.github.state import Comment, GitHubState, Json, stamp
from ci_tokengate.sandbox.github.users import app, as_document, number_of, user_of
from ci_tokengate.sandbox.github.web import API, WEB


def issue(state: GitHubState, repository: str, number: int) -> Json:
    is_pull = number in state.pulls
    document = state.pulls[number] if is_pull else state.issues[number]
    at, page = f"{API}/repos/{repository}/issues/{number}", f"{WEB}/{repository}/issues/{number}"
    if is_pull:
        page = f"{WEB}/{repository}/pull/{number}"
    began = stamp(state.started)
    name = f"{repository}#issue{number}"
    body = {
        "url": at,
        "repository_url": f"{API}/repos/{repository}",
        "labels_url": f"{at}/labels{{/name}}",
        "comments_url": f"{at}/comments",
        "events_url": f"{at}/events",
        "timeline_url": f"{at}/timeline",
        "html_url": page,
        "id": number_of(name),
        "node_id": f"I_kwDO{number_of(name)}",
        "number": number,
        "title": document.get("title", "Amazing new feature"),
        "user": user_of(document.get("user", {})),
        "labels": labels_of(repository, document.get("labels", [])),
        "state": document.get("state", "open"),
        "state_reason": document.get("state_reason"),
        "locked": document.get("locked", False),
        "active_lock_reason": document.get("active_lock_reason"),
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": len(state.comments_on(number)),
        "created_at": document.get("created_at", began),
        "updated_at": document.get("updated_at", document.get("created_at", began)),
        "closed_at": document.get("closed_at"),
        "closed_by": user_of(document.get("closed_by")),
        "author_association": document.get("author_association", "NONE"),
        "body": document.get("body"),
        "reactions": _no_reactions(f"{at}/reactions"),
        "performed_via_github_app": app(document.get("app_slug"), began),
    }
    return body | _pull_of(repository, number, document) if is_pull else body


def comment(repository: str, known: Comment, began: str, *, pull: bool) -> Json:
    """`author_association` and `performed_via_github_app` are what a forger cannot write."""
    at = f"{API}/repos/{repository}/issues/comments/{known.id}"
    kind = "pull" if pull else "issues"
    return {
        "url": at,
        "html_url": f"{WEB}/{repository}/{kind}/{known.issue}#issuecomment-{known.id}",
        "issue_url": f"{API}/repos/{repository}/issues/{known.issue}",
        "id": known.id,
        "node_id": known.node_id,
        "user": user_of(as_document(known.author)),
        "created_at": stamp(known.created),
        "updated_at": stamp(known.updated),
        "body": known.body,
        "author_association": known.author.association,
        "reactions": _no_reactions(f"{at}/reactions"),
        "performed_via_github_app": app(known.author.app_slug, began),
    }


def labels_of(repository: str, labels: Sequence[Any]) -> list[Json]:
    """From names, or from whatever a payload says of them."""
    return [
        _label(repository, {"name": each} if isinstance(each, str) else each) for each in labels
    ]


def _label(repository: str, document: Json) -> Json:
    name = str(document["name"])
    return {
        "id": number_of(f"label {name}"),
        "node_id": f"LA_kwDO{number_of(f'label {name}')}",
        "url": f"{API}/repos/{repository}/labels/{name.replace(' ', '%20')}",
        "name": name,
        "color": "ededed",
        "default": False,
        "description": None,
        **document,
    }


def _pull_of(repository: str, number: int, document: Json) -> Json:
    page = f"{WEB}/{repository}/pull/{number}"
    links = {
        "url": f"{API}/repos/{repository}/pulls/{number}",
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "merged_at": document.get("merged_at"),
    }
    return {"draft": bool(document.get("draft", False)), "pull_request": links}


def _no_reactions(at: str) -> Json:
    kinds = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
    return {"url": at, "total_count": 0, **dict.fromkeys(kinds, 0)}
