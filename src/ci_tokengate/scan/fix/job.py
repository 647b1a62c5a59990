"""One job as its plan says: the gate, the keys, the addresses, what the gate needs."""

from __future__ import annotations

from ci_tokengate.scan.fix.condition import ask_gate
from ci_tokengate.scan.fix.edits import Edits
from ci_tokengate.scan.fix.environment import job_env
from ci_tokengate.scan.fix.gate_step import expose, permissions, put_gate, wire
from ci_tokengate.scan.fix.plan import Plan
from ci_tokengate.scan.flows.github.model import Act, Entry
from ci_tokengate.scan.flows.yaml import Map, Scalar


def mend_job(
    edits: Edits, plan: Plan, changes: list[str], left: list[str], uses: str, secret: str
) -> None:
    """changes, left: what is done and what is not, a sentence each."""
    if plan.steps and not _gate(edits, plan, changes, left, uses, secret):
        return
    ask_gate(edits, plan, changes)
    _keys(edits, plan, changes, left)
    for act, entry in plan.addresses:
        _drop(edits, act, entry, plan, changes, left)
    for act in plan.endpoints:
        _endpoint(edits, plan, act, changes)
    job_env(edits, plan, changes, left)
    permissions(edits, plan.run, changes)


def _gate(
    edits: Edits, plan: Plan, changes: list[str], left: list[str], uses: str, secret: str
) -> bool:
    """Whether the rest can be done: the gate is put in, or the one that stands there gives its key out."""
    name = f"Job {plan.run.name!r}"
    if plan.gate:
        if put_gate(edits, plan, uses, secret):
            changes.append(f"{name}: the ci-tokengate step before {plan.steps[0].label!r}.")
            return True
        left.append(f"{name}: its steps are written in one line; put the gate in by hand.")
        return False
    if plan.standing and wire(edits, plan, plan.standing):
        changes.append(f"{name}: the gate wires {', '.join(plan.unwired)} as well.")
    if not plan.named:
        return True
    done = expose(edits, plan, plan.standing) if plan.standing else False
    if done:
        changes.append(
            f"{name}: the gate's step gives its key out as an output as well."
            if plan.output
            else f"{name}: the gate's step has an id."
        )
    elif done is False:
        inputs = ", `mode: key` and `export: both`" if plan.output else ""
        left.append(f"{name}: give the gate's step `id: {plan.id}`{inputs}.")
    return done is not False


def _keys(edits: Edits, plan: Plan, changes: list[str], left: list[str]) -> None:
    name, key = f"Job {plan.run.name!r}", f"${{{{ steps.{plan.id}.outputs.key }}}}"
    for _, entry in plan.keys:
        if isinstance(entry.node, Scalar) and edits.replace_expression(entry.node, key):
            changes.append(f"{name}: `{entry.name}` is the job key.")
        else:
            left.append(
                f"{name}: `{entry.name}` is written over several lines; replace it by hand."
            )
    for _, entry in plan.logins:
        if isinstance(entry.node, Scalar) and edits.replace_expression(entry.node, key):
            edits.rename(entry.key, "anthropic_api_key")
            changes.append(f"{name}: the job key takes the place of `{entry.name}`.")


def _drop(
    edits: Edits, act: Act, entry: Entry, plan: Plan, changes: list[str], left: list[str]
) -> None:
    job = plan.run.name
    for name in ("env", "with"):
        pair = act.node.items.get(name)
        if not pair or not isinstance(pair[1], Map) or entry.name not in pair[1].items:
            continue
        if any(act is other for other in plan.endpoints):
            return  # its input is given another address
        if isinstance(entry.node, Scalar) and edits.remove(pair[1], pair[0], entry.key, entry.node):
            changes.append(f"Job {job!r}: `{entry.name}`, which led past the proxy, is out.")
        else:
            left.append(f"Job {job!r}: take `{entry.name}` out by hand.")
        return


def _endpoint(edits: Edits, plan: Plan, act: Act, changes: list[str]) -> None:
    pair = act.node.items.get("with")
    url = f"${{{{ steps.{plan.id}.outputs.openai-base-url }}}}/responses"
    given = act.inputs.get("responses-api-endpoint")
    if given is not None:
        if not isinstance(given.node, Scalar) or not edits.replace_text(given.node, f'"{url}"'):
            return
    elif pair and isinstance(pair[1], Map) and pair[1].items:
        edits.add_to(pair[1], f'responses-api-endpoint: "{url}"')
    elif pair is None and act.node.get("uses") is not None:
        uses = act.node.items["uses"][0]
        if edits.lines[uses.line - 1].lstrip().startswith("- {"):
            return
        indent = " " * (uses.column - 1)
        edits.insert(
            uses.line + 1, [f"{indent}with:", f'{indent}  responses-api-endpoint: "{url}"']
        )
    else:
        return
    changes.append(f"Job {plan.run.name!r}: `responses-api-endpoint` leads to the proxy.")
