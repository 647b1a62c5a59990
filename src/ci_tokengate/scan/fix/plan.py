"""What of a job is to be changed: where the gate goes, which secrets it replaces, what it wires."""

from __future__ import annotations

from dataclasses import dataclass, field

from ci_tokengate.scan.fix.asking import asking, gate_condition
from ci_tokengate.scan.fix.carried import OAUTH, is_replaceable, tool_of
from ci_tokengate.scan.flows.github.gate import is_gate
from ci_tokengate.scan.flows.github.model import Act, Entry, JobRun
from ci_tokengate.scan.flows.names import base_of
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules.context import Context
from ci_tokengate.scan.flows.rules.tg004 import setting
from ci_tokengate.scan.flows.rules.tg005 import judged
from ci_tokengate.scan.flows.uses import AgentUse, agent_uses


@dataclass(kw_only=True)
class Plan:
    """steps: those that use a key or run an agent, in order. keys: lines whose secret becomes the job key.

    logins: personal tokens that the job key takes the place of, under another name. gone: lines of the workflow's or
    job's `env:` that go away. addresses: lines with a provider's base URL. endpoints: codex-action's steps that need one.
    gate: whether one must be put in; id, tools: of the gate. standing: the gate's step, if there is one already.
    unwired: tools that it has to wire as well. condition: the gate's `if:`.
    asking: agents' steps whose own `if:` has to ask whether the gate has passed.
    """

    run: JobRun
    gate: bool
    id: str
    tools: list[str]
    standing: Act | None = None
    steps: list[Act] = field(default_factory=list)
    keys: list[tuple[Act, Entry]] = field(default_factory=list)
    logins: list[tuple[Act, Entry]] = field(default_factory=list)
    gone: list[Entry] = field(default_factory=list)
    addresses: list[tuple[Act, Entry]] = field(default_factory=list)
    endpoints: list[Act] = field(default_factory=list)
    unwired: list[str] = field(default_factory=list)
    asking: list[Act] = field(default_factory=list)
    condition: str = ""

    @property
    def output(self) -> bool:
        """Whether the gate's outputs are used."""
        return bool(self.keys or self.logins or self.endpoints)

    @property
    def named(self) -> bool:
        """Whether the gate's step needs an `id:`."""
        return self.output or bool(self.asking)


def plan_job(repo: Repository, run: JobRun) -> Plan | None:
    """None if there is nothing to do that can be done here."""
    uses = [use for use in agent_uses(run, repo) if use.metered and not use.act.inner]
    context = Context(repo=repo, run=run, uses=uses)
    ungated = [use for use in uses if judged(use, context)[0] is not None]
    keys = [pair for pair in _entries(run) if is_replaceable(repo, pair[1])]
    logins = [(use.act, entry) for use in uses if (entry := _login(use)) is not None]
    gone = [entry for entry in run.entries if uses and _misleads(repo, entry)]
    if not (ungated or keys or logins or gone) or any(_is_service(act) for act, _ in keys):
        return None
    acting = {id(act) for act, _ in keys} | {id(use.act) for use in uses}
    steps = [act for act in run.acts if id(act) in acting]
    if any(act.node.line < run.key.line for act in steps):
        return None  # an alias: the step stands in another job too
    standing = _standing(run, steps)
    gates = steps[0].gates if steps else ()
    plan = Plan(
        run=run,
        gate=not gates,
        standing=standing,
        id=(standing.id if standing else "") or _free_id(run),
        tools=_tools(uses, keys),
        steps=steps,
        keys=keys,
        logins=logins,
        gone=gone,
        condition=gate_condition(steps),
    )
    own = ((act, e) for act in steps for e in (*act.own, *act.inputs.values()))
    plan.addresses = [(act, e) for act, e in own if is_past(repo, e)]
    plan.unwired = [use.agent.tool for use in ungated if use.act.gates and use.agent.tool]
    plan.endpoints = [use.act for use in uses if _lacks_endpoint(use, plan)]
    plan.asking = asking(uses, run, plan.id if plan.gate else "", plan.standing)
    return plan


def _misleads(repo: Repository, entry: Entry) -> bool:
    """A long-lived secret, or a provider's own address, in the environment of all steps."""
    return is_replaceable(repo, entry) or is_past(repo, entry)


def is_past(repo: Repository, entry: Entry) -> bool:
    """A base URL that leads to a provider."""
    return bool(base_of(entry.name) and setting(entry.name, entry.value, repo.allowed))


def _entries(run: JobRun) -> list[tuple[Act, Entry]]:
    """The lines of the job's own steps, without the gates'."""
    own = [act for act in run.acts if not act.inner and not is_gate(act.uses)]
    return [(act, entry) for act in own for entry in (*act.own, *act.inputs.values())]


def _is_service(act: Act) -> bool:
    return act.label.startswith("service ")


def _login(use: AgentUse) -> Entry | None:
    """A personal token where the action would take a key as well."""
    inputs = use.act.inputs
    return inputs.get(OAUTH) if use.action and "anthropic_api_key" not in inputs else None


def _standing(run: JobRun, steps: list[Act]) -> Act | None:
    """The step of the gate that the first of the steps has before it, if it mints a key."""
    gates = [gate for gate in steps[0].gates if gate.mints] if steps else []
    return next(
        (act for act in run.acts if gates and act.order == gates[0].line and is_gate(act.uses)),
        None,
    )


def _lacks_endpoint(use: AgentUse, plan: Plan) -> bool:
    """codex-action without its input, or with one that is about to be taken out."""
    if not use.action or not use.action.only_urls:
        return False
    name = use.action.urls[0]
    return name not in use.act.inputs or any(
        act is use.act and entry.name.lower() == name for act, entry in plan.addresses
    )


def _tools(uses: list[AgentUse], keys: list[tuple[Act, Entry]]) -> list[str]:
    agents = [use.agent.tool for use in uses]
    if not all(agents):
        return ["auto"]
    acting = {id(use.act) for use in uses}
    sdks = [tool_of(entry.name) for act, entry in keys if id(act) not in acting]
    return list(dict.fromkeys((*agents, *sdks))) or ["auto"]


def _free_id(run: JobRun) -> str:
    taken = {act.id for act in run.acts}
    return next(
        name
        for name in ("gate", "tokengate", "ci-tokengate", *(f"gate-{n}" for n in range(99)))
        if name not in taken
    )
