"""What of a job is to be changed: where the gate goes, which secrets it replaces, what it wires."""

from __future__ import annotations

from dataclasses import dataclass, field

from ci_tokengate.scan.flows.github.conditions import asks_status
from ci_tokengate.scan.flows.github.expressions import condition
from ci_tokengate.scan.flows.github.gate import is_gate
from ci_tokengate.scan.flows.github.model import Act, Entry, JobRun
from ci_tokengate.scan.flows.names import PROXIES, base_of, key_of
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules.context import Context
from ci_tokengate.scan.flows.rules.tg004 import setting
from ci_tokengate.scan.flows.rules.tg005 import judged
from ci_tokengate.scan.flows.uses import AgentUse, agent_uses
from ci_tokengate.scan.flows.values import Kind
from ci_tokengate.scan.flows.yaml import Scalar

_SDKS = {"anthropic": "anthropic", "openai": "openai", "google-gemini": "google-genai"}


@dataclass(kw_only=True)
class Plan:
    """steps: those that use a key or run an agent, in order. keys: lines whose secret becomes the job key.

    gone: lines of the workflow's or job's `env:` that go away. addresses: lines with a provider's base URL.
    endpoints: codex-action's steps that need one. gate: whether one must be put in; its id and its tools.
    """

    run: JobRun
    gate: bool
    id: str
    tools: list[str]
    steps: list[Act] = field(default_factory=list)
    keys: list[tuple[Act, Entry]] = field(default_factory=list)
    gone: list[Entry] = field(default_factory=list)
    addresses: list[tuple[Act, Entry]] = field(default_factory=list)
    endpoints: list[Act] = field(default_factory=list)
    condition: str = ""
    output: bool = False


def plan_job(repo: Repository, run: JobRun) -> Plan | None:
    """None if there is nothing to do that can be done here."""
    uses = [use for use in agent_uses(run, repo) if use.metered and not use.act.inner]
    context = Context(repo=repo, run=run, uses=uses)
    ungated = [use for use in uses if judged(use, context)[0] is not None]
    keys = [(act, entry) for act in run.acts if not act.inner and not is_gate(act.uses) for entry in (*act.own, *act.inputs.values())
            if is_replaceable(repo, entry)]  # fmt: skip
    gone = [entry for entry in run.entries if uses and is_replaceable(repo, entry)]
    if not (ungated or keys or gone) or any(act.label.startswith("service ") for act, _ in keys):
        return None
    steps = [
        act
        for act in run.acts
        if any(use.act is act for use in uses) or any(act is a for a, _ in keys)
    ]
    before = [gate for gate in steps[0].gates if gate.id and gate.mints] if steps else []
    plan = Plan(
        run=run,
        gate=not before,
        id=before[0].id if before else _free_id(run),
        tools=_tools(uses, keys),
        steps=steps,
        keys=keys,
        gone=gone,
    )
    plan.addresses = [(act, e) for act in steps for e in (*act.own, *act.inputs.values()) if base_of(e.name) and setting(e.name, e.value, repo.allowed)]  # fmt: skip
    plan.endpoints = [
        u.act
        for u in uses
        if u.action and u.action.only_urls and u.action.urls[0] not in u.act.inputs
    ]
    plan.output = bool(plan.keys or plan.endpoints)
    plan.condition = _condition(steps)
    return plan


def is_replaceable(repo: Repository, entry: Entry) -> bool:
    """A provider's secret in a variable or an input that a wired tool reads."""
    whose = key_of(entry.name)
    if (
        not whose
        or whose in PROXIES
        or "OAUTH" in entry.name.upper()
        or not isinstance(entry.node, Scalar)
    ):
        return False
    return whose in _SDKS and repo.sources.has(entry.value, Kind.SECRET, Kind.VAR)


def _tools(uses: list[AgentUse], keys: list[tuple[Act, Entry]]) -> list[str]:
    agents = [use.agent.tool for use in uses]
    if not all(agents):
        return ["auto"]
    acting = {id(use.act) for use in uses}
    sdks = [_SDKS[key_of(entry.name)] for act, entry in keys if id(act) not in acting]
    return list(dict.fromkeys((*agents, *sdks))) or ["auto"]


def _free_id(run: JobRun) -> str:
    taken = {act.id for act in run.acts}
    return next(
        name
        for name in ("gate", "tokengate", "ci-tokengate", *map(str, range(99)))
        if name not in taken
    )


def _condition(steps: list[Act]) -> str:
    """The gate needs the agent's `if:` only where that asks for more than success."""
    node = steps[0].node.get("if") if steps else None
    text = node.text if isinstance(node, Scalar) else ""
    return text if text and asks_status(condition(text)) else ""
