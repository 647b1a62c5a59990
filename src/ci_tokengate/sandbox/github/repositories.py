"""Repositories, as they stand in bodies, and `GET /repos/{owner}/{repo}`.

Source: https://docs.github.com/rest/repos/repos#get-a-repository
"""

from __future__ import annotations

from ci_tokengate.sandbox.github.identity import Identity
from ci_tokengate.sandbox.github.state import GitHubState, Json, stamp
from ci_tokengate.sandbox.github.users import number_of, user
from ci_tokengate.sandbox.github.web import API, WEB, Call, Reply

_PLAIN = [
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "hooks",
    "languages",
    "merges",
    "stargazers",
    "subscribers",
    "subscription",
    "tags",
    "teams",
]
_TEMPLATES = {
    "archive": "/{archive_format}{/ref}",
    "assignees": "{/user}",
    "branches": "{/branch}",
    "collaborators": "{/collaborator}",
    "comments": "{/number}",
    "commits": "{/sha}",
    "issues": "{/number}",
    "keys": "{/key_id}",
    "labels": "{/name}",
    "milestones": "{/number}",
    "notifications": "{?since,all,participating}",
    "pulls": "{/number}",
    "releases": "{/id}",
}
_NAMED = {
    "blobs": "git/blobs{/sha}",
    "compare": "compare/{base}...{head}",
    "contents": "contents/{+path}",
    "git_commits": "git/commits{/sha}",
    "git_refs": "git/refs{/sha}",
    "git_tags": "git/tags{/sha}",
    "issue_comment": "issues/comments{/number}",
    "issue_events": "issues/events{/number}",
    "statuses": "statuses/{sha}",
    "trees": "git/trees{/sha}",
}


def minimal(full_name: str, *, fork: bool = False, private: bool = False) -> Json:
    owner, _, name = full_name.partition("/")
    at = f"{API}/repos/{full_name}"
    return {
        "id": number_of(full_name),
        "node_id": f"R_kgDO{number_of(full_name)}",
        "name": name,
        "full_name": full_name,
        "owner": user(owner, "Organization"),
        "private": private,
        "html_url": f"{WEB}/{full_name}",
        "description": None,
        "fork": fork,
        "url": at,
        **{f"{each}_url": f"{at}/{each}" for each in _PLAIN},
        **{f"{each}_url": f"{at}/{each}{tail}" for each, tail in _TEMPLATES.items()},
        **{f"{each}_url": f"{at}/{tail}" for each, tail in _NAMED.items()},
    }


def whole(state: GitHubState, full_name: str, *, fork: bool = False) -> Json:
    """As in pull requests, and the most of what a repository's own address tells."""
    began = stamp(state.started)
    counts = "forks forks_count open_issues open_issues_count watchers watchers_count stargazers_count size"
    features = "issues projects wiki downloads discussions"
    return {
        **minimal(full_name, fork=fork, private=state.private),
        "clone_url": f"{WEB}/{full_name}.git",
        "git_url": f"git://github.com/{full_name}.git",
        "ssh_url": f"git@github.com:{full_name}.git",
        "svn_url": f"{WEB}/{full_name}",
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "default_branch": state.default_branch,
        "visibility": "private" if state.private else "public",
        **dict.fromkeys(counts.split(), 0),
        **{f"has_{each}": True for each in features.split()},
        "has_pages": False,
        "archived": False,
        "disabled": False,
        "is_template": False,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "topics": [],
        "pushed_at": began,
        "created_at": began,
        "updated_at": began,
    }


def get(call: Call) -> Reply:
    body = whole(call.state, call.repository) | {"network_count": 0, "subscribers_count": 0}
    if call.identity is not None:
        body["permissions"] = permissions(call.identity)
    return Reply(body=body)


def permissions(identity: Identity) -> dict[str, bool]:
    """What the token may do with the repository, in the words of collaborators' roles."""
    push = identity.may("contents", "write")
    admin = identity.app_slug is None and identity.may("administration", "write")
    return {
        "admin": admin,
        "maintain": admin,
        "push": push,
        "triage": push,
        "pull": True,
    }
