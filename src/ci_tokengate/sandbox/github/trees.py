"""Trees and blobs of an organisation's repositories, and of the one with `files`.

Source: https://docs.github.com/rest/git/trees, …/git/blobs
"""

from __future__ import annotations

import base64
import hashlib

from ci_tokengate.sandbox.github.refusals import Refusal, missing
from ci_tokengate.sandbox.github.state import Json, Shelf
from ci_tokengate.sandbox.github.web import API, Call, Reply


def tree(call: Call) -> Reply:
    """By the default branch's name, and whole. Half of it where it is too large for one answer."""
    shelf = _shelf(call)
    if not shelf.files and not shelf.links:
        raise Refusal(409, "Git Repository is empty.")
    if call.params["tree_sha"] != call.state.default_branch:
        raise missing()
    entries = [_entry(call, path, data, "100644") for path, data in sorted(shelf.files.items())]
    entries += [_entry(call, p, to.encode(), "120000") for p, to in sorted(shelf.links.items())]
    if not call.query.get("recursive"):
        entries = [entry for entry in entries if "/" not in entry["path"]]
    elif shelf.truncated:
        entries = entries[: len(entries) // 2]
    sha = hashlib.sha1(repr(entries).encode()).hexdigest()  # noqa: S324
    at = f"{API}/repos/{call.repository}/git/trees/{sha}"
    return Reply(body={"sha": sha, "url": at, "tree": entries, "truncated": shelf.truncated})


def blob(call: Call) -> Reply:
    sha = str(call.params["file_sha"])
    for data in _shelf(call).files.values():
        if _sha(data) == sha:
            body = {
                "sha": sha,
                "node_id": f"B_kwDO{sha}",
                "size": len(data),
                "url": f"{API}/repos/{call.repository}/git/blobs/{sha}",
                "content": base64.encodebytes(data).decode(),
                "encoding": "base64",
            }
            return Reply(body=body)
    raise missing()


def _shelf(call: Call) -> Shelf:
    if call.repository in call.state.shelves:
        return call.state.shelves[call.repository]
    branch = call.state.default_branch
    files = {path: text.encode() for (ref, path), text in call.state.files.items() if ref == branch}
    return Shelf(files=files)


def _entry(call: Call, path: str, data: bytes, mode: str) -> Json:
    sha = _sha(data)
    return {
        "path": path,
        "mode": mode,
        "type": "blob",
        "sha": sha,
        "size": len(data),
        "url": f"{API}/repos/{call.repository}/git/blobs/{sha}",
    }


def _sha(data: bytes) -> str:
    """As git names it."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()  # noqa: S324
