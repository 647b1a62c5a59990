"""What the `if:` of a gate and of its agents has to be, so that no agent runs after a refusal."""

from __future__ import annotations

from ci_tokengate.scan.flows.github.expressions import condition
from ci_tokengate.scan.flows.github.gate import Gate
from ci_tokengate.scan.flows.github.model import Act, JobRun
from ci_tokengate.scan.flows.github.refused import can_run
from ci_tokengate.scan.flows.github.status import asks_status
from ci_tokengate.scan.flows.rules.gated import doubt_about
from ci_tokengate.scan.flows.uses import AgentUse
from ci_tokengate.scan.flows.yaml import Scalar


def asking(uses: list[AgentUse], run: JobRun, new: str, standing: Act | None) -> list[Act]:
    """The agents' steps that would run after the gate has refused: a new one with this id, or one that stands there."""
    if new:
        gate = Gate(id=new, terms=frozenset(), soft=False, mints=True, unsure=False, env={}, outputs={}, hosts=frozenset())  # fmt: skip
        acts = [use.act for use in uses if can_run(use.act.terms, gate, "failure")]
    elif standing and not standing.inner:
        doubts = [(use.act, doubt_about(use, run)) for use in uses]
        acts = [act for act, doubt in doubts if doubt and doubt.condition]
    else:
        return []
    return list({id(act): act for act in acts}.values())


def gate_condition(steps: list[Act]) -> str:
    """The gate needs an `if:` only where a step asks for more than success: theirs, if it is the same for all."""
    nodes = [step.node.get("if") for step in steps]
    texts = [node.text.strip() if isinstance(node, Scalar) else "" for node in nodes]
    if not any(text and asks_status(condition(text)) for text in texts):
        return ""
    return texts[0] if len(set(texts)) == 1 else "always()"
