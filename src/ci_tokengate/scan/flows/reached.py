"""Whether a workflow that names no agent may run a file of the repository that does: a look at bytes, before any parser."""

from __future__ import annotations

import re

from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.literals import speaks
from ci_tokengate.scan.flows.repository import Repository

_ELSEWHERE = re.compile(rb"working-directory|\bcd |pushd| -[cC] |--(?:directory|prefix|cwd|dir)\b")
_SCRIPT = re.compile(rb"[\w./-]+\.(?:sh|py|[mc]?[jt]s)\b")
_PROGRAM = re.compile(rb"(?<![\w./])\./([\w/-]+)(?![\w./-])")
"""A file without an ending, such as `./ci/agent`."""

_SOURCED = re.compile(
    rb"(?:\bsource|(?<![\w./])\.)[ \t]+[\"']?(?:\$\{?GITHUB_WORKSPACE\}?/)?([\w./-]+)"
)
"""`source ci/agent`, `. "$GITHUB_WORKSPACE/ci/agent"`"""

_BY_NAME = (
    "Makefile",
    "makefile",
    "GNUmakefile",
    "package.json",
    "justfile",
    "Justfile",
    "Taskfile.yml",
    "Taskfile.yaml",
)
_MOST = 40


def reaches(data: bytes, repo: Repository) -> bool:
    """data: the workflow."""
    if _ELSEWHERE.search(data):
        return True
    scripts = [m.group().decode("ascii", "replace").lstrip("./") for m in _SCRIPT.finditer(data)]
    scripts[_MOST:] = [m[1].decode() for m in _PROGRAM.finditer(data)][:_MOST]
    scripts += [m[1].decode() for m in _SOURCED.finditer(data)][:_MOST]
    for path in (*_BY_NAME, *scripts):
        file = repo.file(path)
        if file is None and path.endswith(".sh"):
            return True
        if file is not None and speaks(Kind.WORKFLOW, file.text.lower().encode()):
            return True
        if file is not None and ".sh" in file.text:
            return True  # which runs others
    return False
