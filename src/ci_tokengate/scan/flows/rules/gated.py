"""Whether a gate stands before an agent, and what is amiss with it if not."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from ci_tokengate.scan.flows.github.conditions import implied
from ci_tokengate.scan.flows.github.gate import Gate
from ci_tokengate.scan.flows.github.model import Act, JobRun
from ci_tokengate.scan.flows.github.passed import has_passed, has_run, named_steps, succeeded
from ci_tokengate.scan.flows.github.refused import can_run
from ci_tokengate.scan.flows.github.status import CANCELLED, SUCCESS, Terms, after
from ci_tokengate.scan.flows.uses import AgentUse


class Doubt(NamedTuple):
    """sure: that no gate holds the agent; else it cannot be told. why: a clause. fix: what to do about it.

    condition: whether all is well once the agent's `if:` asks for the gate's success.
    """

    sure: bool
    why: str
    fix: str
    condition: bool = False


def doubt_about(use: AgentUse, run: JobRun) -> Doubt | None:
    """None if a gate stands before it that the agent cannot pass."""
    if use.gated or _in_script(use):
        return None
    doubts = []
    for gate in use.act.gates:
        if gate.users != use.act.users:
            gate = replace(gate, id="")  # a step's id is known where it stands only
        doubt = _of_gate(gate, _known(gate, use.act, run))
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


def may_lack_key(use: AgentUse) -> Doubt | None:
    """A gate that passes without a key, by its `on-hard-stop` or `on-error`, and an agent that does not ask whether there is one."""
    gates = use.act.gates
    if use.gated or _in_script(use) or not gates or not all(gate.skips for gate in gates):
        return None
    text = use.act.scalar.text if use.act.scalar is not None else ""
    if any(has_passed(gate.id, gate.soft, use.act.terms) or _asks(gate, text) for gate in gates):
        return None
    return Doubt(
        False,
        "runs even when the gate skips the key",
        _ask_for(gates[-1], "outputs.allowed == 'true'"),
    )


def _asks(gate: Gate, script: str) -> bool:
    return bool(gate.id) and f"steps.{gate.id}.outputs." in script.lower()


def _ask_for(gate: Gate, what: str) -> str:
    if gate.users:
        return "Ask in the agent's `if:` for the outcome of the step that uses the action with the gate."
    named = "" if gate.id else "Give the gate's step `id: gate`, and add"
    return f"{named or 'Add'} `steps.{gate.id or 'gate'}.{what}` to the agent's `if:`."


def _known(gate: Gate, act: Act, run: JobRun) -> Terms:
    """What holds where the agent runs: where a step after the gate has surely run, that step's own terms do, too."""
    terms = act.terms
    if SUCCESS in terms:
        return terms
    for step in named_steps(act.terms):
        between = run.named.get((act.composite, step))
        if between is None:
            continue
        if between.order in gate.users and succeeded(step, between.soft, act.terms):
            terms |= after(between.order, between.terms)
        if gate.line < between.order < act.order:
            terms |= between.terms if has_run(step, act.terms) else frozenset()
    return terms


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
    if not has_passed(gate.id, gate.soft, agent):
        if can_run(agent, gate, "failure"):
            return _although_refused(gate)
        if not implied(gate.terms, agent) and can_run(agent, gate, "skipped"):
            return _although_skipped(gate, agent)
    return unsure if gate.unsure else None


def _although_refused(gate: Gate) -> Doubt:
    if gate.soft:
        return Doubt(
            True,
            "runs even when the gate refuses, because of the gate's `continue-on-error`",
            "Take `continue-on-error` off the gate's step.",
        )
    return Doubt(
        True,
        "runs even when the gate refuses, because of its own `if:`",
        _ask_for(gate, "outcome == 'success'"),
        condition=True,
    )


def _although_skipped(gate: Gate, agent: Terms) -> Doubt:
    if implied(gate.terms, agent | {("not", CANCELLED)}):
        return Doubt(
            False,
            "can run without the gate in a run that is cancelled",
            "Add `!cancelled()` to the agent's `if:`.",
        )
    return Doubt(
        True,
        "runs although the gate may not have run: it does not share the gate's `if:`",
        "Give it the gate's `if:` as well, or take that off the gate.",
    )
