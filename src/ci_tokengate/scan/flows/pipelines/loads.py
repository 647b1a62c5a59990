"""The Groovy files that a Jenkinsfile loads, and those that they load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.pipelines.jenkins import libraries, loads
from ci_tokengate.scan.flows.pipelines.jenkins_bases import assigned
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.values import Value

_MOST = 100


@dataclass(kw_only=True)
class Loaded:
    """files: the Jenkinsfile first, each with what those that load it have assigned. unseen: line, column and what."""

    kind: Kind = Kind.JENKINS
    files: list[tuple[File, Mapping[str, Value]]] = field(default_factory=list)
    unseen: list[tuple[File, int, int, str]] = field(default_factory=list)

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(file.path for file, _ in self.files)


def loaded(repo: Repository, path: str) -> Loaded:
    whole = Loaded()
    first = repo.file(path)
    waiting: list[tuple[File, Mapping[str, Value]]] = [(first, {})] if first is not None else []
    seen = {file.path for file, _ in waiting}
    while waiting and len(whole.files) < _MOST:
        file, outer = waiting.pop(0)
        whole.files.append((file, outer))
        env = {**outer, **assigned(file)}
        for line, column, name in loads(file):
            found = repo.file(name) if name else None
            if found is None:
                whole.unseen.append((file, line, column, f"`{name}`" if name else "what is loaded"))
            elif found.path not in seen:
                seen.add(found.path)
                waiting.append((found, env))
        whole.unseen += [
            (file, line, column, f"library `{name}`") for line, column, name in libraries(file)
        ]
    return whole
