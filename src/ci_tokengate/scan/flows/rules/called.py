"""TG005 and TG006 at a job that calls a workflow: what its inputs make wrong there."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.github.model import JobRun
from ci_tokengate.scan.flows.github.walk import walk_workflow
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules import tg005, tg006
from ci_tokengate.scan.flows.rules.context import Context
from ci_tokengate.scan.flows.uses import agent_uses

_Place = tuple[str, int, int]
_RULES = (tg005, tg006)


def find(context: Context) -> Iterator[Finding]:
    """Only errors that the called workflow does not have by itself: those are told where they stand."""
    run = context.run
    for job in run.callee:
        for finding in _errors(context.repo, job):
            path = finding.path
            if _place(finding) in _alone(context.repo, path):
                continue
            found = context.at(
                run.file,
                (run.key.line, run.key.column),
                finding.rule,
                Level.ERROR,
                f"By what job {run.name!r} gives to ./{path}: j{finding.message[1:]}",
                finding.fix,
                f"{path}|{finding.rule}",
                width=len(run.name),
            )
            if found:
                yield found


def _errors(repo: Repository, job: JobRun) -> Iterator[Finding]:
    uses = agent_uses(job, repo)
    if uses:
        for rule in _RULES:
            found = rule.find(Context(repo=repo, run=job, uses=uses))
            yield from (finding for finding in found if finding.level is Level.ERROR)


def _place(finding: Finding) -> _Place:
    return finding.rule, finding.line, finding.column


def _alone(repo: Repository, path: str) -> frozenset[_Place]:
    """The errors of a workflow that nobody calls, once for each."""
    if path not in repo.alone:
        file, root = repo.file(path), repo.mapping(path)
        runs = walk_workflow(repo, File(path, file.text), root) if file and root else ()
        repo.alone[path] = frozenset(_place(f) for run in runs for f in _errors(repo, run))
    return repo.alone[path]
