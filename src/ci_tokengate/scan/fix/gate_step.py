"""The gate's own step: put in, or made to give out its key, with what it needs around it."""

from __future__ import annotations

import re

from ci_tokengate.scan.fix.edits import Edits
from ci_tokengate.scan.fix.plan import Plan
from ci_tokengate.scan.flows.github.model import Act, JobRun
from ci_tokengate.scan.flows.yaml import Map, Scalar

_DASH = re.compile(r"\s*-\s*(?:#.*)?")
_PLAIN_IF = re.compile(r"(?!.*[:#](?:\s|$)|.*\s#)[A-Za-z$][^\"\\]*")


def put_gate(edits: Edits, plan: Plan, uses: str, secret: str) -> bool:
    """Before the `- ` of the first step that needs it, and before the comments that belong to that step."""
    first = plan.steps[0]
    line = _line_of_dash(edits, first.node.line)
    own = edits.lines[line - 1]
    dash = own.find("-")
    if dash < 0 or own[:dash].strip() or dash >= first.node.column:
        return False
    inner = " " * (first.node.column - 1)
    with_ = [f"proxy-key: ${{{{ secrets.{secret} }}}}", f"tools: {', '.join(plan.tools)}"]
    with_ += ["export: both"] if plan.output else []
    step = [f"{' ' * dash}-{' ' * (first.node.column - dash - 2)}{uses}", f"{inner}id: {plan.id}"]
    if plan.condition:
        step.append(f"{inner}if: {_if(plan.condition)}")
    step += [f"{inner}with:", *(f"{inner}  {text}" for text in with_)]
    while line > 1 and edits.lines[line - 2].lstrip().startswith("#"):
        line -= 1
    edits.insert(line, step)
    return True


def _line_of_dash(edits: Edits, line: int) -> int:
    """Where the dash of a step stands: on its first line, or alone above it."""
    at = line - 1
    while at > 0 and (not (bare := edits.lines[at - 1].strip()) or bare.startswith("#")):
        at -= 1
    return at if at > 0 and _DASH.fullmatch(edits.lines[at - 1].rstrip("\r")) else line


def _if(condition: str) -> str:
    """As YAML takes it: `!cancelled()` would be a tag, and a colon may end a key."""
    text = " ".join(condition.split())
    return text if _PLAIN_IF.fullmatch(text) else "'" + text.replace("'", "''") + "'"


def wire(edits: Edits, plan: Plan, gate: Act) -> bool | None:
    """The gate that stands there wires the tools of the steps behind it as well. None if it does already."""
    entry = gate.inputs.get("tools")
    given = [name.strip() for name in entry.value[0].split(",")] if entry else []
    missing = [tool for tool in plan.unwired if tool not in given]
    if entry is None or "auto" in given or not missing:
        return None
    node = entry.node
    text = ", ".join([*given, *missing])
    quoted = isinstance(node, Scalar) and (node.style or "{" in edits.lines[node.line - 1])
    return isinstance(node, Scalar) and edits.replace_text(node, f'"{text}"' if quoted else text)


def expose(edits: Edits, plan: Plan, gate: Act) -> bool | None:
    """The gate that stands there has an `id:`, and gives its key out too if that is used: `export: both`.

    None if it does already.
    """
    done = None
    uses = gate.node.items.get("uses")
    if not gate.id:
        if uses is None or edits.lines[uses[0].line - 1].lstrip().startswith("- {"):
            return False
        column = uses[0].column
        edits.insert(uses[0].line + 1, [" " * (column - 1) + f"id: {plan.id}"])
        done = True
    if not plan.output:
        return done
    export = gate.inputs.get("export")
    if export is None:
        pair = gate.node.items.get("with")
        if pair is None or not isinstance(pair[1], Map) or not pair[1].items:
            return False
        edits.add_to(pair[1], "export: both")
        return True
    return done if export.value[0] in ("both", "output") else False


def permissions(edits: Edits, run: JobRun, changes: list[str]) -> None:
    """The gate reads the policy: `contents: read`, where permissions are listed without it."""
    for node in (run.node, run.root):
        pair = node.items.get("permissions")
        if pair is None:
            continue
        listed = pair[1] if isinstance(pair[1], Map) else None
        if listed and "contents" not in listed.items and edits.add_once(listed, "contents: read"):
            changes.append(f"Job {run.name!r}: it may read the repository, for the policy.")
        return


def callers(edits: Edits, root: Map, secret: str, changes: list[str], left: list[str]) -> None:
    """A workflow that is called gets the minting key from its caller: it says so where it lists its secrets."""
    on = root.get("on") or root.get("true")
    call = on.get("workflow_call") if isinstance(on, Map) else None
    called = isinstance(on, Map) and "workflow_call" in on.items
    if not called and not (isinstance(on, Scalar) and on.text == "workflow_call"):
        return
    pair = call.items.get("secrets") if isinstance(call, Map) else None
    if pair and isinstance(pair[1], Map) and pair[1].items and secret not in pair[1].items:
        edits.add_to(pair[1], f"{secret}: {{required: true}}")
        changes.append(f"`{secret}` is among the secrets that callers hand on.")
    left.append(f"Its callers must hand on `{secret}`, by name or with `secrets: inherit`.")
