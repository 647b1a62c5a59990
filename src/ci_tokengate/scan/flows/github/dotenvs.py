"""Actions that put a file of variables into later steps' environment, told by what such actions are called."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from ci_tokengate.scan.flows.github.model import Act, JobRun
from ci_tokengate.scan.flows.github.sight import ANY
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.shell.reach import Reach
from ci_tokengate.scan.flows.shell.writes import assignments
from ci_tokengate.scan.flows.values import EMPTY, UNSEEN, Kind, Value, is_unknown

_NAMED = re.compile(
    r"(?:^|[-_])(?:dot-?env|direnv|load-?env|env-?file|set-?vars|export-env|env-(?:vars?|variables?))(?:$|[-_])"
)
_MAKES_ONE = re.compile(
    r"(?:^|[-_])(?:create|make|generate|write|save|build|lint\w*|check|validate)(?:$|[-_])"
)
"""They write such a file, or look at it."""
_PATHS = ("path", "paths", "file", "files", "filename", "filenames", "dotenv-file")
_PATH = re.compile(
    r"(?:dot)?env[-_]?files?(?:[-_]?(?:path|name)s?)?|(?:file|env)[-_]?(?:path|name)s?"
)
_SWITCH = re.compile(r"export(?:[-_]?(?:var\w*|env))?")
_ONLY_OUTPUTS = frozenset({"falti/dotenv-action", "phogolabs/ci-dotenv"})
"""They export where they are told to."""
_MOST = 8


def dotenv(
    repo: Repository, run: JobRun, act: Act
) -> tuple[Mapping[str, Value], Mapping[str, Value]]:
    """What later steps' environment gets, and the outputs."""
    name = act.uses.lower().partition("@")[0]
    own = name.rpartition("/")[2]
    if not _NAMED.search(own) or _MAKES_ONE.search(own) or name.startswith("."):
        return {}, {}
    reach = Reach(read=lambda path: _read(repo, path), written=run.written)
    found: dict[str, Value] = {}
    for path in _wanted(act, ".envrc" if "direnv" in own else ".env"):
        text = None if is_unknown(path) else reach.text(path)
        if text is None:
            found[ANY] = repo.sources.value(Kind.OTHER, f"{UNSEEN}{path[:80]}` sets")
        lines = "\n".join(line.strip().removeprefix("export ") for line in (text or "").split("\n"))
        found.update({n: (word.strip().strip("\"'"),) for n, word in assignments(lines)})
    outputs = {n.lower(): value for n, value in found.items() if n != ANY}
    return (found if _exports(act, name) else {}), outputs


def _exports(act: Act, name: str) -> bool:
    values = [e.value for n, e in act.inputs.items() if _SWITCH.fullmatch(n)]
    if not values:
        return name not in _ONLY_OUTPUTS
    return ("false",) not in values


def _wanted(act: Act, usual: str) -> Iterator[str]:
    """The paths that it is given; of a folder, the file that is usual there."""
    mode = _one(act, "mode")
    usual = f"{usual}.{mode}" if mode else usual
    given = [
        path.strip()
        for name, entry in act.inputs.items()
        if name in _PATHS or _PATH.fullmatch(name)
        for text in entry.value
        for path in re.split(r"[\n,]", text)
        if path.strip()
    ]
    folders = [path for path in given if _is_folder(path)]
    names = [path for path in given if path not in folders] or [usual]
    for folder in folders[:_MOST] or [""]:
        yield from (posixpath.join(folder, name) for name in names[:_MOST])


def _is_folder(path: str) -> bool:
    return (
        not is_unknown(path)
        and "." not in posixpath.basename(path.rstrip("/")).strip(".")
        and not path.endswith(".env")
    )


def _one(act: Act, name: str) -> str:
    entry = act.inputs.get(name)
    return entry.value[0] if entry and entry.value != EMPTY else ""


def _read(repo: Repository, path: str) -> str | None:
    file = repo.file(path)
    return file.text if file else None
