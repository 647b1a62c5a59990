"""The inventory of a repository's files: workflows, code, agents' settings, other CI."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ci_tokengate.scan.flows.files import Kind, kind_of
from ci_tokengate.scan.flows.github.model import JobRun
from ci_tokengate.scan.flows.github.walk import walk_workflow
from ci_tokengate.scan.flows.leads import Lead
from ci_tokengate.scan.flows.literals import may_matter
from ci_tokengate.scan.flows.options import Options
from ci_tokengate.scan.flows.pipelines.graph import Around
from ci_tokengate.scan.flows.pipelines.jenkins import check_jenkins
from ci_tokengate.scan.flows.pipelines.whole import parts_of
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules import tg006
from ci_tokengate.scan.flows.rules.context import Context
from ci_tokengate.scan.flows.rules.tg005 import judged
from ci_tokengate.scan.flows.source import check_source
from ci_tokengate.scan.flows.uses import AgentUse, agent_uses, use_place
from ci_tokengate.scan.flows.yaml import Map, Unreadable
from ci_tokengate.scan.inventory.model import Call, Inventory, Verdict
from ci_tokengate.scan.inventory.others import in_findings, in_steps
from ci_tokengate.scan.inventory.pipelines import in_pipeline
from ci_tokengate.scan.inventory.sdks import constructed
from ci_tokengate.scan.inventory.settings import in_settings
from ci_tokengate.scan.inventory.table import WORDS

_SETTINGS = (Kind.SETTINGS, Kind.DEVCONTAINER, Kind.DOTENV)
_PIPELINES = (Kind.GITLAB, Kind.CIRCLECI, Kind.AZURE, Kind.PIPELINE, Kind.COMPOSE)


def inventory(
    files: Mapping[str, bytes], *, read: Callable[[str], bytes | None], options: Options
) -> Inventory:
    """files: all of the repository, by path. Those that name no model's SDK, agent or host are passed over."""
    repo = Repository(files, read, options)
    kinds = {path: kind for path in files if (kind := kind_of(path)) is not None}
    parts = parts_of(repo, kinds)
    found = [
        call
        for path, data in files.items()
        if path in parts or matters(path, data)
        for call in _file(repo, path, *parts.get(path, (kinds.get(path), None)))
    ]
    return Inventory(calls=tuple(sorted(found, key=lambda call: (call.path, call.line, call.what))))


def matters(path: str, data: bytes) -> bool:
    """Whether a file could hold a place: it names an SDK, an agent, a host, or is made of settings."""
    if kind_of(path) is Kind.SOURCE or path.endswith(".ipynb"):
        low = data.lower()
        return any(word in low for word in WORDS) or may_matter(path, data)
    return kind_of(path) in _SETTINGS or may_matter(path, data)


def _file(repo: Repository, path: str, kind: Kind | None, around: Around | None) -> Iterator[Call]:
    file = repo.file(path)
    if file is None:
        return
    if kind is Kind.SOURCE or path.endswith(".ipynb"):
        yield from _code(repo, file, kind)
    elif kind is not None and kind in _SETTINGS:
        yield from in_settings(repo, file, kind)
    elif kind is Kind.JENKINS:
        yield from in_findings(file, check_jenkins(repo, file), "pipeline", ())
    elif kind is Kind.DOCKERFILE:
        yield from in_findings(file, check_source(file, repo.allowed), "Dockerfile", ())
    elif kind is not None and kind in (Kind.WORKFLOW, *_PIPELINES):
        yield from _yaml(repo, file, kind, around)


def _yaml(repo: Repository, file: File, kind: Kind, around: Around | None) -> Iterator[Call]:
    try:
        root = repo.tree(file.path)
    except Unreadable as e:
        why = f"the file cannot be read: {e.reason}"
        yield Call(path=file.path, line=e.line, what="?", where=kind.value, verdict=Verdict.UNKNOWN, why=why)  # fmt: skip
        return
    if not isinstance(root, Map):
        return
    if kind is Kind.WORKFLOW:
        for run in walk_workflow(repo, file, root):
            yield from _job(repo, run)
        return
    yield from in_pipeline(repo, file, kind, around)


def _code(repo: Repository, file: File, kind: Kind | None) -> Iterator[Call]:
    """SDKs, and lines that dial a provider without one."""
    lines: set[int] = set()
    for call, span in constructed(repo, file):
        lines.update(span)
        yield call
    if kind is Kind.SOURCE and may_matter(file.path, repo.candidates.get(file.path, b"")):
        yield from in_findings(file, check_source(file, repo.allowed), "code", lines)


def _job(repo: Repository, run: JobRun) -> Iterator[Call]:
    uses = agent_uses(run, repo)
    context = Context(repo=repo, run=run, uses=uses)
    clouds = {finding.line: finding.message for finding in tg006.find(context)}
    for use in uses:
        file, (line, _), _ = use_place(use)
        verdict, why = _verdict(use, context, bool(clouds))
        yield Call(
            path=file.path,
            line=line,
            what=use.agent.label,
            where=f"job {run.name}",
            verdict=verdict,
            why=why,
        )
    for line, message in clouds.items() if not uses else ():
        yield Call(path=run.file.path, line=line, what="a cloud's model", where=f"job {run.name}", verdict=Verdict.DIRECT, why=message.rstrip("."))  # fmt: skip
    if not clouds:
        yield from in_steps(context, [use.act for use in uses])


def _verdict(use: AgentUse, context: Context, cloud: bool) -> tuple[Verdict, str]:
    if not use.metered:
        return Verdict.DIRECT, use.agent.unmetered.rstrip(".")
    if cloud:
        return Verdict.DIRECT, "it reaches a cloud's models without a key"
    level, why, _ = judged(use, context)
    if level is None:
        return Verdict.PROXIED, f"by {use.base.by}"
    if use.base.lead is Lead.PROXY:
        return Verdict.PROXIED, f"by {use.base.by}, but it {why}"
    unsure = use.base.lead in (Lead.UNKNOWN, Lead.HIDDEN)
    return (Verdict.UNKNOWN if unsure else Verdict.DIRECT), why
