"""The repository that a git remote leads to."""

from __future__ import annotations

import re

_REMOTE = re.compile(
    r"(?:\w+://(?:[^/@]*@)?[^/]+/|(?!\w+://)(?:[^/@:]+@)?[^/:]+:)"  # a URL's host, or scp's user@host:
    r"(?:.+/)?(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?/?"
)


def repository_of(remote: str) -> str:
    """`owner/name` of a remote's address, without whatever it carries besides; empty for a path."""
    text = remote.strip()
    if text.startswith(("/", ".", "file:")):
        return ""
    found = _REMOTE.fullmatch(text)
    return f"{found['owner']}/{found['name']}" if found else ""
