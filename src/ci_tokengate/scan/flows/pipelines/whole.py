"""Whole pipelines: each file once, with what those that include it hand to it; and what nobody can see here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.pipelines.check import check_pipeline
from ci_tokengate.scan.flows.pipelines.graph import Around, Pipeline, pipeline
from ci_tokengate.scan.flows.pipelines.jenkins import check_jenkins
from ci_tokengate.scan.flows.pipelines.loads import Loaded, loaded
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.yaml import Unreadable

KINDS = (Kind.GITLAB, Kind.CIRCLECI, Kind.AZURE, Kind.JENKINS)
_ROOTS = {
    ".gitlab-ci.yml": Kind.GITLAB,
    ".gitlab-ci.yaml": Kind.GITLAB,
    "azure-pipelines.yml": Kind.AZURE,
    "azure-pipelines.yaml": Kind.AZURE,
    ".azure-pipelines.yml": Kind.AZURE,
    ".azure-pipelines/azure-pipelines.yml": Kind.AZURE,
    ".circleci/config.yml": Kind.CIRCLECI,
    "Jenkinsfile": Kind.JENKINS,
}
"""Where a pipeline begins: looked at for what it includes when only that has changed."""
_UNSEEN = "include"


def check_pipelines(
    repo: Repository, kinds: Mapping[str, Kind], others: Collection[str]
) -> Iterator[Finding]:
    """kinds: the files that are judged, by path. others: those whose name does not tell; a pipeline may include them.

    Fills in `repo.included`.
    """
    todo = {path: kind for path, kind in kinds.items() if kind in (*KINDS, Kind.PIPELINE)}
    may_be_part = bool(todo or others) or any(path.endswith(".groovy") for path in kinds)
    elsewhere = {p: k for p, k in _ROOTS.items() if p not in todo} if may_be_part else {}
    wholes = {
        path: _whole(repo, path, kind) for path, kind in (elsewhere | todo).items() if kind in KINDS
    }
    below = {p for path, whole in wholes.items() for p in whole.paths if p != path}
    for path in sorted(wholes, key=lambda path: (path in below, path not in elsewhere)):
        whole = wholes[path]
        if path in repo.included or (path in elsewhere and not (whole.paths & {*kinds, *others})):
            continue
        repo.included |= whole.paths
        for found in _judged(repo, whole):
            if path in todo or found.path in kinds or found.path in others:
                yield found
    for path, kind in todo.items():
        if path not in repo.included:
            repo.included.add(path)
            yield from _judged(repo, pipeline(repo, path, kind))


def parts_of(repo: Repository, kinds: Mapping[str, Kind]) -> dict[str, tuple[Kind, Around]]:
    """The files of pipelines, also those whose name does not tell it, by path."""
    found: dict[str, tuple[Kind, Around]] = {}
    below: dict[str, tuple[Kind, Around]] = {}
    for path, kind in kinds.items():
        if kind is Kind.JENKINS:
            below |= {name: (kind, Around()) for name in loaded(repo, path).paths}
        elif kind in KINDS:
            first, *rest = pipeline(repo, path, kind).parts
            found[path] = kind, first.around
            below |= {part.file.path: (kind, part.around) for part in rest}
    return found | below


def _whole(repo: Repository, path: str, kind: Kind) -> Pipeline | Loaded:
    return loaded(repo, path) if kind is Kind.JENKINS else pipeline(repo, path, kind)


def _judged(repo: Repository, whole: Pipeline | Loaded) -> Iterator[Finding]:
    if isinstance(whole, Loaded):
        for file, outer in whole.files:
            yield from check_jenkins(repo, file, outer)
        unseen = [(file, (line, column), what) for file, line, column, what in whole.unseen]
    else:
        for part in whole.parts:
            if part.unread is not None:
                yield from unread(part.file, part.unread)
            yield from check_pipeline(repo, part.file, whole.kind, part.documents, part.around)
        unseen = [(file, (i.at.line, i.at.column), i.what) for file, i in whole.unseen]
    yield from _unseen(unseen)


def _unseen(unseen: list[tuple[File, tuple[int, int], str]]) -> Iterator[Finding]:
    """One note a file, however much it includes from elsewhere."""
    by_file: dict[str, list[tuple[File, tuple[int, int], str]]] = {}
    for one in unseen:
        by_file.setdefault(one[0].path, []).append(one)
    for ones in by_file.values():
        file, at, what = ones[0]
        more = f" and {len(ones) - 1} more are" if len(ones) > 1 else " is"
        found = file.finding(
            "TG003", Level.NOTE, at, len(what), f"{what[:1].upper()}{what[1:]}{more} not in this repository; whether a provider's key or an agent is in there cannot be told.",
            evidence=f"{_UNSEEN}|{what}", fix="Scan the repository where that lies, too.",
        )  # fmt: skip
        if found:
            yield found


def unread(file: File, why: Unreadable) -> Iterator[Finding]:
    """Never silence: a file that may hold a flow and cannot be read is a note."""
    found = file.finding(
        "TG005",
        Level.NOTE,
        (why.line, 1),
        1,
        f"This file was not judged: {why.reason}.",
        evidence="unreadable",
        fix="Mend the file, or exclude it in the policy.",
    )
    if found:
        yield found
