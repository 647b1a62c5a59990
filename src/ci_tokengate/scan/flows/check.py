"""Sends each file to those who can read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.files import Kind, kind_of
from ci_tokengate.scan.flows.github.check import check_action, check_workflow
from ci_tokengate.scan.flows.literals import speaks
from ci_tokengate.scan.flows.options import Options
from ci_tokengate.scan.flows.pipelines.check import check_pipeline
from ci_tokengate.scan.flows.pipelines.jenkins import check_jenkins
from ci_tokengate.scan.flows.pipelines.settings import check_settings
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.reached import reaches
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.source import check_source
from ci_tokengate.scan.flows.yaml import Unreadable

_CODE = (Kind.SOURCE, Kind.DOTENV, Kind.DOCKERFILE)


def check(
    files: Mapping[str, bytes], *, read: Callable[[str], bytes | None], options: Options
) -> Iterator[Finding]:
    """Findings of TG003-TG009. Composite actions come after the workflows that may call them.

    files: what to judge, by path from the repository's root. read: any other file, None if there is none.
    """
    repo = Repository(files, read, options)
    kinds = [(path, kind) for path in files if (kind := kind_of(path)) is not None]
    kinds = [
        (path, kind) for path, kind in kinds if kind is not Kind.WORKFLOW or _judges(repo, path)
    ]
    for path, kind in sorted(kinds, key=lambda pair: pair[1] is Kind.ACTION):
        file = repo.file(path)
        if file is not None:
            yield from _file(repo, file, path, kind)


def _judges(repo: Repository, path: str) -> bool:
    """A workflow that names nothing itself is parsed only if a file that it may run does."""
    data = repo.candidates[path]
    return speaks(Kind.WORKFLOW, data.lower()) or reaches(data, repo)


def _file(repo: Repository, file: File, path: str, kind: Kind) -> Iterator[Finding]:
    if kind in _CODE:
        yield from check_source(file, repo.allowed)
    elif kind is Kind.JENKINS:
        yield from check_jenkins(repo, file)
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
