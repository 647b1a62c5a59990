"""Pull requests, as they stand in bodies."""

from __future__ import annotations

from hashlib import sha1
from typing import Any
from urllib.parse import quote

from ci_tokengate.sandbox.github.issueviews import labels_of
from ci_tokengate.sandbox.github.repositories import whole
from ci_tokengate.sandbox.github.state import GitHubState, Json, stamp
from ci_tokengate.sandbox.github.users import number_of, user_of
from ci_tokengate.sandbox.github.web import API, WEB, laid_over

HEAD_SHA = "aa218f56b14c9653891f9e74264a383fa43fefbd"
BASE_SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
_ONLY_ALONE = [
    "merged",
    "mergeable",
    "rebaseable",
    "mergeable_state",
    "merged_by",
    "comments",
    "review_comments",
    "maintainer_can_modify",
    "commits",
    "additions",
    "deletions",
    "changed_files",
]


def pull(state: GitHubState, repository: str, number: int) -> Json:
    """One by itself."""
    document = state.pulls[number]
    began = stamp(state.started)
    merged_at = document.get("merged_at")
    ordinary = {
        **_addresses(repository, number),
        "id": number_of(f"{repository}#{number}"),
        "node_id": f"PR_kwDO{number_of(f'{repository}#{number}')}",
        "number": number,
        "state": "open",
        "locked": False,
        "active_lock_reason": None,
        "title": "Amazing new feature",
        "body": None,
        "milestone": None,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "created_at": began,
        "updated_at": document.get("created_at", began),
        "closed_at": None,
        "merged_at": None,
        "merge_commit_sha": None,
        "author_association": "CONTRIBUTOR",
        "auto_merge": None,
        "draft": False,
        "merged": merged_at is not None,
        "mergeable": None,
        "rebaseable": None,
        "mergeable_state": "unknown",
        "merged_by": None,
        "comments": len(state.comments_on(number)),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": 1,
        "additions": 1,
        "deletions": 1,
        "changed_files": 1,
    }
    return {
        **ordinary,
        **document,
        "number": number,
        "user": user_of(document.get("user", {})),
        "labels": labels_of(repository, document.get("labels", [])),
        "head": _side(state, repository, document.get("head"), "patch-1", HEAD_SHA),
        "base": _side(state, repository, document.get("base"), state.default_branch, BASE_SHA),
    }


def in_list(state: GitHubState, repository: str, number: int) -> Json:
    """One of many: GitHub leaves out what it must work for."""
    alone = pull(state, repository, number)
    return {name: value for name, value in alone.items() if name not in _ONLY_ALONE}


def changed_file(repository: str, pull: Json, path: str) -> Json:
    """One of a pull request's files."""
    sha = pull["head"]["sha"]
    return {
        "sha": sha1(path.encode(), usedforsecurity=False).hexdigest(),
        "filename": path,
        "status": "modified",
        "additions": 1,
        "deletions": 1,
        "changes": 2,
        "blob_url": f"{WEB}/{repository}/blob/{sha}/{quote(path)}",
        "raw_url": f"{WEB}/{repository}/raw/{sha}/{quote(path)}",
        "contents_url": f"{API}/repos/{repository}/contents/{quote(path)}?ref={sha}",
        "patch": "@@ -1 +1 @@\n-old\n+new",
    }


def in_run(state: GitHubState, repository: str, number: int) -> Json:
    """As runs and checks name it."""
    known = pull(state, repository, number)
    return {
        "id": known["id"],
        "number": number,
        "url": known["url"],
        "head": _named(known["head"]),
        "base": _named(known["base"]),
    }


def _named(side: Json) -> Json:
    repo = side["repo"] or {"id": 0, "url": "", "name": ""}
    return {
        "ref": side["ref"],
        "sha": side["sha"],
        "repo": {name: repo[name] for name in ("id", "url", "name")},
    }


def _side(state: GitHubState, repository: str, document: Any, ref: str, sha: str) -> Json:
    """Head or base. Its repository is this one, or another that the document names, or None: it is gone."""
    document = document or {}
    ref, named = document.get("ref", ref), document.get("repo", {})
    repo = None
    if named is not None:
        full_name = named.get("full_name", repository)
        fork = full_name.lower() != repository.lower()
        repo = laid_over(whole(state, full_name, fork=fork), named)
    owner = repo["owner"] if repo else user_of(document.get("user", {}), "unknown")
    label = f"{owner['login'] if owner else 'unknown'}:{ref}"
    ordinary = {"label": label, "ref": ref, "sha": document.get("sha", sha), "user": owner}
    return {**ordinary, **document, "repo": repo, "user": owner}


def _addresses(repository: str, number: int) -> Json:
    at, page = f"{API}/repos/{repository}/pulls/{number}", f"{WEB}/{repository}/pull/{number}"
    issue = f"{API}/repos/{repository}/issues/{number}"
    links = {
        "self": at,
        "html": page,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{at}/comments",
        "review_comment": f"{API}/repos/{repository}/pulls/comments{{/number}}",
        "commits": f"{at}/commits",
        "statuses": f"{API}/repos/{repository}/statuses/{HEAD_SHA}",
    }
    return {
        "url": at,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        **{
            f"{name}_url": address
            for name, address in links.items()
            if name not in ("self", "html")
        },
        "_links": {name: {"href": address} for name, address in links.items()},
    }
