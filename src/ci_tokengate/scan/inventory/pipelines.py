"""Calls of models in the pipelines of other CI systems, and in Compose."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.scan.flows.bases import of_command
from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.leads import Lead
from ci_tokengate.scan.flows.pipelines.check import check_pipeline
from ci_tokengate.scan.flows.pipelines.graph import Around
from ci_tokengate.scan.flows.pipelines.units import units
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.shell.script import read_script
from ci_tokengate.scan.flows.uses import script_place
from ci_tokengate.scan.flows.yaml import Map
from ci_tokengate.scan.inventory.model import Call, Verdict
from ci_tokengate.scan.inventory.others import in_findings


def in_pipeline(repo: Repository, file: File, kind: Kind, around: Around | None) -> Iterator[Call]:
    """One file, under what the pipeline around it hands to it."""
    documents = repo.documents(file.path)
    agents = list(_agents(repo, file, kind, documents, around))
    yield from agents
    lines = {call.line for call in agents}
    found = check_pipeline(repo, file, kind, documents, around)
    yield from in_findings(file, found, kind.value, lines)


def _agents(
    repo: Repository, file: File, kind: Kind, documents: list[Map], around: Around | None
) -> Iterator[Call]:
    for unit in units(kind, documents, around):
        env = {name: tuple(text or "" for text in v.texts) for name, v in unit.variables.items()}
        for scalar in unit.scripts:
            for call in read_script(scalar.text, env, repo.sources).calls:
                base = of_command(call.agent, call.args, call.env, repo)
                proxied = call.gated or base.lead is Lead.PROXY
                verdict = (
                    Verdict.PROXIED
                    if proxied
                    else Verdict.UNKNOWN
                    if base.lead in (Lead.NOWHERE, Lead.UNKNOWN, Lead.HIDDEN)
                    else Verdict.DIRECT
                )
                line, _ = script_place(file, scalar, call.line, call.word)
                yield Call(
                    path=file.path,
                    line=line,
                    what=call.agent.label,
                    where=unit.name,
                    verdict=verdict,
                    why=f"by {base.by}",
                )
