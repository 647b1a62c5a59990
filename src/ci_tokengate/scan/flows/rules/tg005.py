"""TG005: an agent without a gate before it in its job, or with a base URL that is not the proxy's."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.agents.actions import WORKFLOWS
from ci_tokengate.scan.flows.github.conditions import SUCCESS, Terms, implied
from ci_tokengate.scan.flows.github.expressions import Tree
from ci_tokengate.scan.flows.github.gate import Gate
from ci_tokengate.scan.flows.github.passed import has_passed
from ci_tokengate.scan.flows.leads import Lead
from ci_tokengate.scan.flows.rules.context import Context, step_name
from ci_tokengate.scan.flows.uses import AgentUse, use_place

RULE = "TG005"
_FAILURE: Tree = ("call", "failure", ())


def find(context: Context) -> Iterator[Finding]:
    yield from _called_agent(context)
    for use in context.uses:
        if not use.metered:
            continue
        level, why, fix = judged(use, context)
        if level is None:
            continue
        file, place, width = use_place(use)
        found = context.at(
            file,
            place,
            RULE,
            level,
            f"Job {context.run.name!r}, {step_name(use.act)}: {use.agent.label} {why}.",
            fix,
            f"{use.agent.name}|{use.act.label}",
            width=width,
        )
        if found:
            yield found


def _called_agent(context: Context) -> Iterator[Finding]:
    run = context.run
    name = run.uses.lower().partition("@")[0]
    if name in WORKFLOWS:
        found = context.at(
            run.file,
            (run.key.line, run.key.column),
            RULE,
            Level.ERROR,
            f"Job {run.name!r} runs {WORKFLOWS[name].agent.label} in a workflow of somebody else's, where no gate can stand before it.",
            "Run the agent in a job of your own, behind the ci-tokengate step.",
            name,
            width=len(run.name),
        )
        if found:
            yield found


def judged(use: AgentUse, context: Context) -> tuple[Level | None, str, str]:
    """The level, a clause that says why, and the fix; None if all is well."""
    gate, why, unsure = _gate_of(use, context)
    tool = use.agent.tool or "auto"
    if gate is False and not unsure:
        fix = f"Put `uses: org/ci-tokengate@v1` with `tools: {tool}` before it in this job."
        return Level.ERROR, why, fix
    base = use.base
    if base.lead is Lead.PROVIDER:
        fix = "Take this base URL out: the gate's step sets the proxy's."
        return Level.ERROR, f"calls {base.host} by {base.by}, not the proxy", fix
    if base.lead is Lead.OTHER:
        return (
            Level.ERROR,
            f"calls {base.host} by {base.by}, which is not the proxy",
            "Let it lead to the proxy.",
        )
    if base.lead is Lead.NOWHERE:
        return Level.ERROR, f"has no base URL: nothing sets {base.by}", _wiring(use, tool)
    if unsure:
        return Level.NOTE, why, "Say so in a way that can be read before the run."
    if base.lead in (Lead.HIDDEN, Lead.UNKNOWN):
        return (
            Level.NOTE,
            f"takes its base URL from {base.by}; where that leads cannot be told",
            _wiring(use, tool),
        )
    return None, "", ""


def _wiring(use: AgentUse, tool: str) -> str:
    if use.action is not None and use.action.only_urls:
        return f"Give it `{use.action.urls[0]}: ${{{{ steps.gate.outputs.openai-base-url }}}}/responses`."
    return f"Let the gate's step wire it: `mode: key`, `export: env` or `both`, `tools: {tool}`."


def _gate_of(use: AgentUse, context: Context) -> tuple[bool, str, bool]:
    """Whether a gate stands before it; if not, why; and whether that is only a doubt."""
    act = use.act
    if use.gated or any(
        0 <= line < use.line and args[:1] in (("gate",), ("mint",))
        for line, args in (act.script.gates if act.script else ())
    ):
        return True, "", False
    reasons: list[tuple[bool, str]] = []
    for gate in act.gates:
        doubt, why = _covers(gate, act.terms)
        if not why:
            return True, "", False
        reasons.append((doubt, why))
    if not reasons:
        late = any(g.line > act.order for g in context.run.gates)
        return (
            False,
            "runs before the gate" if late else "runs without a ci-tokengate step before it",
            False,
        )
    doubt, why = max(reasons)
    return False, why, doubt


def _covers(gate: Gate, agent: Terms) -> tuple[bool, str]:
    """A doubt or a clause why this gate does not hold the agent; `(False, "")` if it does."""
    if has_passed(gate.id, gate.soft, agent):
        return (
            (True, "runs behind a gate whose mode is known only when it runs")
            if gate.unsure
            else (False, "")
        )
    if gate.soft:
        return False, "runs although the gate refused, because of the gate's `continue-on-error`"
    if not implied(gate.terms, agent):
        missing = [term for term in gate.terms if not implied(frozenset({term}), agent)]
        if missing == [SUCCESS]:
            return _FAILURE in agent, "runs although the gate refused, by its own `if:`"
        return False, "runs although the gate may not have run: it does not share the gate's `if:`"
    return (
        (True, "runs behind a gate whose mode is known only when it runs")
        if gate.unsure
        else (False, "")
    )
