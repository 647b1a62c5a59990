"""The files that make up one pipeline: a root, and all that it includes, wherever that lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.pipelines.globs import matches
from ci_tokengate.scan.flows.pipelines.includes import Include, includes
from ci_tokengate.scan.flows.pipelines.variables import Variable, own
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.yaml import Map, Node, Unreadable

_MOST_PARTS = 200
_MOST_MATCHES = 200


@dataclass(kw_only=True)
class Around:
    """What a part sees of the pipeline around it. given: its inputs or parameters. jobs: what it can extend."""

    variables: dict[str, Variable] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    jobs: dict[str, Node] = field(default_factory=dict)


@dataclass(kw_only=True)
class Part:
    """One file. unread: why it cannot be read."""

    file: File
    documents: list[Map]
    around: Around
    unread: Unreadable | None = None


@dataclass(kw_only=True)
class Pipeline:
    """parts: the root first. room: for names that wildcards may still be held to. unseen: what is included and is not in this repository, by the file that says so."""

    kind: Kind
    parts: list[Part] = field(default_factory=list)
    unseen: list[tuple[File, Include]] = field(default_factory=list)
    room: int = 200_000

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(part.file.path for part in self.parts)


def pipeline(repo: Repository, path: str, kind: Kind) -> Pipeline:
    """From a root down. What is included without a way of its own shares variables and jobs."""
    whole = Pipeline(kind=kind)
    _add(repo, whole, path, Around(), set())
    return whole


def _add(repo: Repository, whole: Pipeline, path: str, around: Around, seen: set[str]) -> bool:
    """Whether there is such a file."""
    file = repo.file(path)
    if file is None:
        return False
    if file.path in seen or len(seen) >= _MOST_PARTS:
        return True
    seen.add(file.path)
    try:
        part = Part(file=file, documents=repo.documents(path), around=around)
    except Unreadable as e:
        whole.parts.append(Part(file=file, documents=[], around=around, unread=e))
        return True
    whole.parts.append(part)
    shared = Around(variables=around.variables, jobs=around.jobs)
    for include in includes(whole.kind, file.path, part.documents, around.given):
        inner = Around() if include.apart else Around(variables=shared.variables, jobs=shared.jobs)
        inner.given = include.given
        there = [
            _add(repo, whole, found, inner, seen) for found in _matching(repo, whole, include.path)
        ]
        if not any(there) and whole.kind is not Kind.PIPELINE:  # which may be something else
            whole.unseen.append((file, include))
    for root in part.documents:
        # Whoever includes has the last word; of two that are included, the later one.
        shared.variables.update(own(whole.kind, root) if whole.kind is not Kind.CIRCLECI else {})
        shared.jobs.update({name: node for name, (_, node) in root.items.items()})
    return True


def _matching(repo: Repository, whole: Pipeline, path: str) -> list[str]:
    """The path, or all files that it stands for."""
    if "*" not in path:
        return [path] if path else []
    names = repo.names(path[: path.index("*")].rpartition("/")[0])
    whole.room -= len(names)
    if whole.room < 0:
        return []  # told as unseen
    return sorted(name for name in names if matches(path, name))[:_MOST_MATCHES]
