"""Pull requests, their files and commits.

Source: https://docs.github.com/rest/pulls/pulls
"""

from __future__ import annotations

from ci_tokengate.sandbox.github import pullviews as views
from ci_tokengate.sandbox.github.refs import as_commit, sha_of
from ci_tokengate.sandbox.github.refusals import Refusal, invalid, missing
from ci_tokengate.sandbox.github.state import Json, stamp
from ci_tokengate.sandbox.github.users import as_document, user_of
from ci_tokengate.sandbox.github.web import API, Call, Reply, paged

_SORTS = {"created": "created_at", "updated": "updated_at"}
_FILES = 3000


def get(call: Call) -> Reply:
    return Reply(body=known_pull(call))


def list_pulls(call: Call) -> Reply:
    """`head=owner:branch` is how a fork's pull request is found from a run that does not name it."""
    state, head, base = (call.query.get(name, "") for name in ("state", "head", "base"))
    field = _SORTS.get(call.query.get("sort", "created"), "created_at")
    found = [views.in_list(call.state, call.repository, number) for number in call.state.pulls]
    found = [p for p in found if state == "all" or p["state"] == (state or "open")]
    if ":" in head:  # GitHub passes over a head without an owner
        found = [p for p in found if p["head"]["label"].lower() == head.lower()]
    if base:
        found = [p for p in found if p["base"]["ref"] == base]
    usual = "desc" if field == "created_at" else "asc"
    newest = call.query.get("direction", usual) == "desc"
    found.sort(key=lambda p: (p[field], p["number"]), reverse=newest)
    return paged(call, found)


def of_commit(call: Call) -> Reply:
    """Open ones with this head, and those whose merge made the commit.

    A fork's are left out: whether GitHub lists them here is not documented, so nothing may count on it.
    """
    sha = call.params["sha"]
    every = [views.in_list(call.state, call.repository, number) for number in call.state.pulls]
    return paged(call, [p for p in every if _has(p, sha, call.repository)])


def _has(pull: Json, sha: str, repository: str) -> bool:
    own = (pull["head"]["repo"] or {}).get("full_name", "").lower() == repository.lower()
    opened = pull["state"] == "open" and pull["head"]["sha"] == sha and own
    return opened or (pull["merged_at"] is not None and sha == pull["merge_commit_sha"])


def create(call: Call) -> Reply:
    call.require("pull_requests")
    head, base, state = call.text("head"), call.text("base"), call.state
    owner, _, branch = head.rpartition(":")
    own = not owner or owner.lower() == call.repository.partition("/")[0].lower()
    sha = sha_of(state, branch) if own else views.HEAD_SHA
    for field, value in (("base", sha_of(state, base)), ("head", sha)):
        if value is None:
            raise invalid("PullRequest", "invalid", field)
    if any(_same(p, branch, base) for p in state.pulls.values()):
        said = f"A pull request already exists for {owner or call.repository.partition('/')[0]}:{branch}."
        raise Refusal(
            422,
            "Validation Failed",
            errors=[{"resource": "PullRequest", "code": "custom", "message": said}],
        )
    number = state.next_number()
    state.pulls[number] = {
        "number": number,
        "title": call.text("title"),
        "body": call.body.get("body"),
        "draft": bool(call.body.get("draft", False)),
        "user": as_document(call.who),
        "created_at": stamp(state.now()),
        "head": {"ref": branch, "sha": sha},
        "base": {"ref": base, "sha": sha_of(state, base)},
    }
    if not own:
        fork = f"{owner}/{call.repository.partition('/')[2]}"
        state.pulls[number]["head"]["repo"] = {"full_name": fork}
    return Reply(body=known_pull(call, number), status=201)


def _same(pull: Json, branch: str, base: str) -> bool:
    ends = (pull.get("head", {}).get("ref"), pull.get("base", {}).get("ref"))
    return ends == (branch, base) and pull.get("state", "open") == "open"


def edit(call: Call) -> Reply:
    call.require("pull_requests")
    known_pull(call)
    document, now = call.state.pulls[call.number], stamp(call.state.now())
    given: Json = {n: call.body[n] for n in ("title", "body", "state") if n in call.body}
    if given.get("state") in ("open", "closed"):
        given["closed_at"] = now if given["state"] == "closed" else None
    document |= {**given, "updated_at": now}
    return Reply(body=known_pull(call))


def list_files(call: Call) -> Reply:
    """What a pull request changes; of more than 3,000 files GitHub tells the first."""
    known = known_pull(call)
    found = call.state.changed.get(call.number, [])[:_FILES]
    return paged(call, [views.changed_file(call.repository, known, path) for path in found])


def list_commits(call: Call) -> Reply:
    """The oldest first."""
    head = {
        "sha": known_pull(call)["head"]["sha"],
        "by": known_pull(call)["user"]["login"],
        "parents": 1,
    }
    return paged(call, [_written(call, one) for one in call.state.commits.get(call.number, [head])])


def _written(call: Call, one: Json) -> Json:
    parent = {"sha": "0" * 40, "url": f"{API}/repos/{call.repository}/commits/{'0' * 40}"}
    by = {"login": one["by"], "type": "User"}
    parents = [parent] * one["parents"]
    return as_commit(call, one["sha"]) | {"author": user_of(by), "parents": parents}


def known_pull(call: Call, number: int | None = None) -> Json:
    number = call.number if number is None else number
    if number not in call.state.pulls:
        raise missing()
    return views.pull(call.state, call.repository, number)
