"""Branches and refs. A commit is its parent and the files it changed, nothing more.

Source: https://docs.github.com/rest/git/refs, …/branches/branches
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.sandbox.github.refusals import Refusal, missing
from ci_tokengate.sandbox.github.state import GitHubState, Json
from ci_tokengate.sandbox.github.web import API, WEB, Call, Reply, paged

_SHA = re.compile(r"[0-9a-f]{40}")
_BRANCH = "refs/heads/"


def sha_of(state: GitHubState, ref: str) -> str | None:
    """The commit of a branch, a tag, a full ref or a sha; None where there is no such ref."""
    ref = ref or state.default_branch
    for name in (ref, f"{_BRANCH}{ref}", f"refs/tags/{ref}", f"refs/{ref}"):
        if name in state.refs:
            return state.refs[name]
    return ref if _SHA.fullmatch(ref) else None


def file_at(state: GitHubState, ref: str, path: str) -> str | None:
    """`files` may name a commit or, for what a test laid down, a ref in any of its spellings."""
    ref = ref or state.default_branch
    short = ref.removeprefix(_BRANCH)
    for name in dict.fromkeys((ref, short, f"{_BRANCH}{short}", *_line(state, sha_of(state, ref)))):
        if (name, path) in state.files:
            return state.files[name, path]
    return None


def paths_below(state: GitHubState, ref: str, folder: str) -> list[str]:
    """Of all files in the folder and in those within it, as the ref has them."""
    known = dict.fromkeys(path for _, path in state.files if path.startswith(f"{folder}/"))
    return sorted(path for path in known if file_at(state, ref, path) is not None)


def commit(state: GitHubState, branch: str, sha: str, path: str, text: str) -> None:
    """A new commit on a branch. What was laid down under the branch's name becomes the parent's."""
    full, parent = f"{_BRANCH}{branch}", sha_of(state, branch)
    if parent is not None:
        for ref, at in [key for key in state.files if key[0] in (branch, full)]:
            state.files[parent, at] = state.files.pop((ref, at))
        state.parents[sha] = parent
    state.refs[full] = sha
    state.files[sha, path] = text


def _line(state: GitHubState, sha: str | None) -> Iterator[str]:
    while sha is not None:
        yield sha
        sha = state.parents.get(sha)


def get(call: Call) -> Reply:
    name = f"refs/{call.params['ref']}"
    if name not in call.state.refs:
        raise missing()
    return Reply(body=_ref(call, name))


def create(call: Call) -> Reply:
    call.require("contents")
    name, sha = call.text("ref"), call.text("sha")
    if not name.startswith("refs/") or name.count("/") < 2:
        raise Refusal(422, "Reference name must start with 'refs/' and have at least two slashes.")
    if not _SHA.fullmatch(sha):
        raise Refusal(
            422, "The sha parameter must be exactly 40 characters and contain only [0-9a-f]."
        )
    if name in call.state.refs:
        raise Refusal(422, "Reference already exists")
    call.state.refs[name] = sha
    return Reply(body=_ref(call, name), status=201)


def list_branches(call: Call) -> Reply:
    names = sorted(name for name in call.state.refs if name.startswith(_BRANCH))
    return paged(call, [_branch(call, name) for name in names])


def get_branch(call: Call) -> Reply:
    full = f"{_BRANCH}{call.params['branch']}"
    if full not in call.state.refs:
        raise Refusal(404, "Branch not found")
    branch = _branch(call, full)
    at = f"{API}/repos/{call.repository}/branches/{call.params['branch']}"
    page = f"{WEB}/{call.repository}/tree/{call.params['branch']}"
    return Reply(
        body={
            **branch,
            "commit": as_commit(call, branch["commit"]["sha"]),
            "_links": {"self": at, "html": page},
            "protection": {
                "enabled": False,
                "required_status_checks": {
                    "enforcement_level": "off",
                    "contexts": [],
                    "checks": [],
                },
            },
            "protection_url": f"{at}/protection",
        }
    )


def get_commit(call: Call) -> Reply:
    ref = str(call.params["ref"])
    sha = sha_of(call.state, ref)
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {ref}")
    return Reply(body=as_commit(call, sha))


def list_commits(call: Call) -> Reply:
    """The newest first; with a path, those that changed that file."""
    ref, path = call.query.get("sha", ""), call.query.get("path", "")
    tip = sha_of(call.state, ref)
    if tip is None:
        raise missing()
    line = [sha for sha in _line(call.state, tip) if not path or (sha, path) in call.state.files]
    return paged(call, [as_commit(call, sha) for sha in line])


def _branch(call: Call, full: str) -> Json:
    sha, name = call.state.refs[full], full[len(_BRANCH) :]
    at = f"{API}/repos/{call.repository}/commits/{sha}"
    protected = name in call.state.protected or bool(call.state.rules.get(name))
    return {"name": name, "commit": {"sha": sha, "url": at}, "protected": protected}


def as_commit(call: Call, sha: str) -> Json:
    at = f"{API}/repos/{call.repository}/commits/{sha}"
    git = f"{API}/repos/{call.repository}/git"
    tree = {"sha": sha, "url": f"{git}/trees/{sha}"}
    return {
        "sha": sha,
        "node_id": f"C_kwDO{sha}",
        "url": at,
        "html_url": f"{WEB}/{call.repository}/commit/{sha}",
        "comments_url": f"{at}/comments",
        "commit": {
            "url": f"{git}/commits/{sha}",
            "author": None,
            "committer": None,
            "message": "",
            "comment_count": 0,
            "tree": tree,
        },
        "author": None,
        "committer": None,
        "parents": [],
    }


def _ref(call: Call, name: str) -> Json:
    git, sha = f"{API}/repos/{call.repository}/git", call.state.refs[name]
    return {
        "ref": name,
        "node_id": f"REF_kwDO{name}",
        "url": f"{git}/{name}",
        "object": {"sha": sha, "type": "commit", "url": f"{git}/commits/{sha}"},
    }
