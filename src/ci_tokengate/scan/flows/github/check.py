"""A workflow or a composite action through all the rules."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.github.entries import bound
from ci_tokengate.scan.flows.github.evaluate import Scope
from ci_tokengate.scan.flows.github.model import JobRun
from ci_tokengate.scan.flows.github.steps import walk_steps
from ci_tokengate.scan.flows.github.walk import walk_workflow
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules import called, tg003, tg004, tg005, tg006, tg007, tg008, tg009
from ci_tokengate.scan.flows.rules.context import Context
from ci_tokengate.scan.flows.uses import agent_uses, use_place
from ci_tokengate.scan.flows.values import Kind, Value, either
from ci_tokengate.scan.flows.yaml import Map, Scalar

_RULES = (tg003, tg004, tg005, tg006, called, tg007, tg008, tg009)
_OF_ACTIONS = (tg004, tg006, tg007)
"""What a composite action shows by itself; for the rest it must be known who calls it."""


def check_workflow(repo: Repository, file: File, root: Map) -> Iterator[Finding]:
    for run in walk_workflow(repo, file, root):
        context = Context(repo=repo, run=run, uses=agent_uses(run, repo))
        for rule in _RULES:
            yield from rule.find(context)


def check_action(repo: Repository, file: File, root: Map) -> Iterator[Finding]:
    """Its steps as a job of their own, with inputs that nobody has given yet."""
    runs = root.get("runs")
    using = runs.get("using") if isinstance(runs, Map) else None
    if not isinstance(runs, Map) or not isinstance(using, Scalar) or using.text != "composite":
        return
    scope = Scope(sources=repo.sources)
    scope.inputs = _open(root, repo, scope)
    key = Scalar("composite action", runs.line, runs.column)
    run = JobRun(
        file=file, root=root, key=key, node=runs, events=(), scope=scope, env={}, entries=[]
    )
    walk_steps(repo, run)
    context = Context(repo=repo, run=run, uses=agent_uses(run, repo))
    for rule in _OF_ACTIONS:
        yield from rule.find(context)
    if file.path not in repo.called:
        yield from _uncalled(context)


def _open(root: Map, repo: Repository, scope: Scope) -> dict[str, Value]:
    return {
        name: either(value, repo.sources.value(Kind.OTHER, f"inputs.{name}")) if value != ("",)
        else repo.sources.value(Kind.OTHER, f"inputs.{name}")
        for name, value in bound(root, {}, scope).items()
    }  # fmt: skip


def _uncalled(context: Context) -> Iterator[Finding]:
    for use in context.uses:
        if use.metered and not use.gated and not use.act.gates:
            file, place, width = use_place(use)
            message = f"{use.agent.label} runs in a composite action that no workflow here uses; whether a gate stands before it cannot be told."
            found = context.at(
                file, place, "TG005", Level.NOTE, message, "Put the ci-tokengate step into the action, before the agent.",
                f"{use.agent.name}|{use.act.label}", width=width,
            )  # fmt: skip
            if found:
                yield found
