"""Files: read at a ref, created and updated on a branch. Folders: their entries at a ref.

Source: https://docs.github.com/rest/repos/contents
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from urllib.parse import quote

from ci_tokengate.sandbox.github.refs import commit, file_at, paths_below, sha_of
from ci_tokengate.sandbox.github.refusals import Refusal, missing
from ci_tokengate.sandbox.github.state import Json, stamp
from ci_tokengate.sandbox.github.web import API, WEB, Call, Reply


def get(call: Call) -> Reply:
    path, ref = str(call.params["path"]), call.query.get("ref", "")
    call.state.asked.append(f"{path}@{ref}")
    text = file_at(call.state, ref, path)
    entries = _listed(call, path, ref) if text is None else []
    if entries:
        return Reply(body=entries)
    if text is None:
        unknown = sha_of(call.state, ref) is None and ref
        raise Refusal(404, f"No commit found for the ref {ref}") if unknown else missing()
    if "raw" in call.accept:
        media = "application/vnd.github.raw+json; charset=utf-8"
        return Reply(body=text.encode(), media=media)
    data = base64.encodebytes(text.encode()).decode()
    body = _entry(call, path, text, ref) | {"content": data, "encoding": "base64"}
    return Reply(body=body)


def _listed(call: Call, folder: str, ref: str) -> list[Json]:
    """A thousand at the most, as GitHub has it."""
    below = paths_below(call.state, ref, folder)
    names = dict.fromkeys(path[len(folder) + 1 :].partition("/")[0] for path in below)
    found = []
    for name in names:
        path = f"{folder}/{name}"
        text = file_at(call.state, ref, path)
        found.append(
            _entry(call, path, text, ref) if text is not None else _folder(call, path, ref)
        )
    return found[:1000]


def _folder(call: Call, path: str, ref: str) -> Json:
    return _entry(call, path, "", ref) | {"type": "dir", "size": 0, "download_url": None}


def put(call: Call) -> Reply:
    call.require("contents")
    path, state = str(call.params["path"]), call.state
    branch = str(call.body.get("branch") or state.default_branch).removeprefix("refs/heads/")
    message = call.text("message")
    try:
        text = base64.b64decode(call.text("content"), validate=False).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal(422, "content is not valid Base64") from None
    if sha_of(state, branch) is None and branch != state.default_branch:
        raise Refusal(404, f"Branch {branch} not found")
    before = file_at(state, branch, path)
    _check_sha(call, path, before)
    parent = sha_of(state, branch)
    sha = hashlib.sha1(f"{parent}\0{branch}\0{path}\0{text}\0{message}".encode()).hexdigest()  # noqa: S324
    commit(state, branch, sha, path, text)
    body = {
        "content": _entry(call, path, text, branch),
        "commit": _commit(call, sha, message, parent),
    }
    return Reply(body=body, status=201 if before is None else 200)


def _check_sha(call: Call, path: str, before: str | None) -> None:
    """To update a file, its present blob must be named."""
    given = call.body.get("sha")
    if before is None:
        return
    if given is None:
        raise Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if given != _blob(before):
        raise Refusal(409, f"{path} does not match {given}")


def _blob(text: str) -> str:
    """As git names it."""
    data = text.encode()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()  # noqa: S324


def _entry(call: Call, path: str, text: str, ref: str) -> Json:
    name, ref = quote(path), ref or call.state.default_branch
    at = f"{API}/repos/{call.repository}/contents/{name}?ref={quote(ref, safe='')}"
    git = f"{API}/repos/{call.repository}/git/blobs/{_blob(text)}"
    page = f"{WEB}/{call.repository}/blob/{quote(ref)}/{name}"
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": _blob(text),
        "size": len(text.encode()),
        "url": at,
        "html_url": page,
        "git_url": git,
        "download_url": f"https://raw.githubusercontent.com/{call.repository}/{quote(ref)}/{name}",
        "type": "file",
        "_links": {"self": at, "git": git, "html": page},
    }


def _commit(call: Call, sha: str, message: str, parent: str | None) -> Json:
    git = f"{API}/repos/{call.repository}/git"
    who = {
        "name": call.who.login,
        "email": f"{call.who.login}@users.noreply.github.com",
        "date": stamp(call.state.now()),
    }
    page = f"{WEB}/{call.repository}/commit"
    parents = [{"sha": parent, "url": f"{git}/commits/{parent}", "html_url": f"{page}/{parent}"}]
    return {
        "sha": sha,
        "node_id": f"C_kwDO{sha}",
        "url": f"{git}/commits/{sha}",
        "html_url": f"{page}/{sha}",
        "author": who,
        "committer": who,
        "message": message,
        "tree": {"sha": sha, "url": f"{git}/trees/{sha}"},
        "parents": parents if parent else [],
        "verification": {
            "verified": False,
            "reason": "unsigned",
            "signature": None,
            "payload": None,
            "verified_at": None,
        },
    }
