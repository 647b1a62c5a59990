"""TG005: an agent without a gate before it in its job, or with a base URL that is not the proxy's."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.agents.actions import WORKFLOWS
from ci_tokengate.scan.flows.leads import Lead
from ci_tokengate.scan.flows.rules.context import Context, step_name
from ci_tokengate.scan.flows.rules.gated import doubt_about, may_lack_key
from ci_tokengate.scan.flows.uses import AgentUse, use_place

RULE = "TG005"


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
    doubt = doubt_about(use, context.run)
    tool = use.agent.tool or "auto"
    if doubt and doubt.sure:
        return Level.ERROR, doubt.why, doubt.fix
    base = use.base
    if base.lead is Lead.PROVIDER:
        fix = "Take this base URL out: the gate's step sets the proxy's."
        return Level.ERROR, f"calls {base.host} by {base.by}, not the proxy", fix
    if base.lead is Lead.OTHER:
        fix = "Take it out: the gate's step sets the proxy's. If this is the proxy, name it in the policy, `proxy: {url: …}`."
        return Level.ERROR, f"calls {base.host} by {base.by}, which is not the proxy", fix
    if base.lead is Lead.NOWHERE:
        return Level.ERROR, f"has no base URL: nothing sets {base.by}", _wiring(use, tool)
    if doubt:
        return Level.NOTE, doubt.why, doubt.fix
    if base.lead in (Lead.HIDDEN, Lead.UNKNOWN):
        why = f"takes its base URL from {base.by}; where that leads cannot be told"
        return Level.NOTE, why, _wiring(use, tool)
    if lacks := may_lack_key(use):
        return Level.NOTE, lacks.why, lacks.fix
    return None, "", ""


def _wiring(use: AgentUse, tool: str) -> str:
    if use.action is not None and use.action.only_urls:
        return f"Give it `{use.action.urls[0]}: ${{{{ steps.gate.outputs.openai-base-url }}}}/responses`."
    return f"Let the gate's step wire it: `mode: key`, `export: env` or `both`, `tools: {tool}`."
