"""Sends each file to those who can read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ci_tokengate.scan.finding import Finding
from ci_tokengate.scan.flows.files import Kind, kind_of
from ci_tokengate.scan.flows.github.check import check_action, check_workflow
from ci_tokengate.scan.flows.literals import speaks
from ci_tokengate.scan.flows.options import Options
from ci_tokengate.scan.flows.pipelines.check import check_pipeline
from ci_tokengate.scan.flows.pipelines.settings import check_settings
from ci_tokengate.scan.flows.pipelines.whole import check_pipelines, unread
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.reached import reaches
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.source import check_source
from ci_tokengate.scan.flows.yaml import Unreadable

_CODE = (Kind.SOURCE, Kind.DOTENV, Kind.DOCKERFILE)


def check(
    files: Mapping[str, bytes],
    *,
    read: Callable[[str], bytes | None],
    options: Options,
    names: Callable[[str], Iterable[str]] | None = None,
) -> Iterator[Finding]:
    """Findings of TG003-TG009. Composite actions come after the workflows that may call them.

    files: what to judge, by path from the repository's root. read: any other file, None if there is none. names: the
    files below a folder. A pipeline's findings may stand in a file that it includes and that is not among `files`.
    """
    repo = Repository(files, read, options, names)
    kinds = {path: kind for path in files if (kind := kind_of(path)) is not None}
    yield from check_pipelines(repo, kinds, [path for path in files if path not in kinds])
    for path, kind in sorted(kinds.items(), key=lambda pair: pair[1] is Kind.ACTION):
        file = repo.file(path)
        if file is None or path in repo.included:
            continue
        if kind is not Kind.WORKFLOW or _judges(repo, path):
            yield from _file(repo, file, path, kind)


def _judges(repo: Repository, path: str) -> bool:
    """A workflow that names nothing itself is parsed only if a file that it may run does."""
    data = repo.candidates[path]
    return speaks(Kind.WORKFLOW, data.lower()) or reaches(data, repo)


def _file(repo: Repository, file: File, path: str, kind: Kind) -> Iterator[Finding]:
    if kind in _CODE:
        yield from check_source(file, repo.allowed)
    elif kind in (Kind.SETTINGS, Kind.DEVCONTAINER):
        yield from check_settings(repo, file)
    else:
        yield from _yaml(repo, file, path, kind)


def _yaml(repo: Repository, file: File, path: str, kind: Kind) -> Iterator[Finding]:
    try:
        documents = repo.documents(path)
    except Unreadable as e:
        yield from unread(file, e)
        return
    if kind is Kind.WORKFLOW:
        for root in documents[:1]:
            yield from check_workflow(repo, file, root)
    elif kind is Kind.ACTION:
        for root in documents[:1]:
            yield from check_action(repo, file, root)
    else:
        yield from check_pipeline(repo, file, kind, documents)
