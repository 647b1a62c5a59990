"""Whether a gate stands before an agent, and what is amiss with it if not."""

from __future__ import annotations

from typing import NamedTuple

from ci_tokengate.scan.flows.github.conditions import SUCCESS, Terms, implied
from ci_tokengate.scan.flows.github.expressions import Tree
from ci_tokengate.scan.flows.github.gate import Gate
from ci_tokengate.scan.flows.github.model import JobRun
from ci_tokengate.scan.flows.github.passed import has_passed
from ci_tokengate.scan.flows.uses import AgentUse

_FAILURE: Tree = ("call", "failure", ())


class Doubt(NamedTuple):
    """sure: that no gate holds the agent; else it cannot be told. why: a clause. fix: what to do about it."""

    sure: bool
    why: str
    fix: str


def doubt_about(use: AgentUse, run: JobRun) -> Doubt | None:
    """None if a gate stands before it that the agent cannot pass."""
    if use.gated or _in_script(use):
        return None
    doubts = []
    for gate in use.act.gates:
        doubt = _of_gate(gate, use.act.terms)
        if doubt is None:
            return None
        doubts.append(doubt)
    if doubts:
        return min(doubts, key=lambda doubt: doubt.sure)
    tool = use.agent.tool or "auto"
    if any(gate.line > use.act.order for gate in run.gates):
        return Doubt(True, "runs before the gate", "Move the ci-tokengate step up, before it.")
    return Doubt(
        True,
        "runs without a ci-tokengate step before it",
        f"Put `uses: org/ci-tokengate@v1` with `tools: {tool}` before it in this job.",
    )


def _in_script(use: AgentUse) -> bool:
    """Whether its own script asks the gate first."""
    gates = use.act.script.gates if use.act.script else ()
    return any(0 <= line < use.line and args[:1] in (("gate",), ("mint",)) for line, args in gates)


def _of_gate(gate: Gate, agent: Terms) -> Doubt | None:
    unsure = Doubt(
        False,
        "runs behind a gate whose mode is known only when it runs",
        "Write the gate's `mode:` out.",
    )
    if has_passed(gate.id, gate.soft, agent):
        return unsure if gate.unsure else None
    if gate.soft:
        return Doubt(
            True,
            "runs although the gate refused, because of the gate's `continue-on-error`",
            "Take `continue-on-error` off the gate's step.",
        )
    if implied(gate.terms, agent):
        return unsure if gate.unsure else None
    missing = [term for term in gate.terms if not implied(frozenset({term}), agent)]
    if missing == [SUCCESS]:
        named = gate.id or "gate"
        return Doubt(
            _FAILURE not in agent,
            "runs although the gate refused, by its own `if:`",
            f"Add `steps.{named}.outcome == 'success'` to its `if:`.",
        )
    return Doubt(
        True,
        "runs although the gate may not have run: it does not share the gate's `if:`",
        "Give it the gate's `if:` as well, or take that off the gate.",
    )
