"""A workflow rewritten so that its agents run behind the gate, with the job key in the secrets' place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.fix.edits import Edits
from ci_tokengate.scan.fix.environment import job_env, workflow_env
from ci_tokengate.scan.fix.gate_step import callers, expose, permissions, put_gate, wire
from ci_tokengate.scan.fix.plan import Plan, plan_job
from ci_tokengate.scan.fix.same import is_same
from ci_tokengate.scan.flows import check
from ci_tokengate.scan.flows.github.model import Act, Entry
from ci_tokengate.scan.flows.github.walk import walk_workflow
from ci_tokengate.scan.flows.options import Options
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.yaml import Map, Scalar, Unreadable, parse

ACTION = "org/ci-tokengate@v1"
SECRET = "TOKENGATE_MINTING_KEY"
MENDED = frozenset({"TG003", "TG004", "TG005"})
"""What goes away behind the gate; the other rules ask for a person's decision."""


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """text: the workflow as it should be. changes: what was done, a sentence each. left: what was not, and why."""

    text: str
    changes: tuple[str, ...]
    left: tuple[str, ...] = ()


def fix_workflow(
    path: str,
    text: str,
    *,
    read: Callable[[str], bytes | None],
    options: Options,
    action: str = ACTION,
    secret: str = SECRET,
) -> Fixed:
    """The same text without changes if there is nothing to do, or nothing that can be done in it.

    A rewrite that a second run would change again is none: a key that is written twice leads to one.
    """
    once = _once(path, text, read, options, action, secret)
    if once.text == text or _once(path, once.text, read, options, action, secret).text == once.text:
        return once
    why = f"{path} was left as it is: a second run would change it again. Is a key written twice?"
    return Fixed(text=text, changes=(), left=(why,))


def _once(
    path: str,
    text: str,
    read: Callable[[str], bytes | None],
    options: Options,
    action: str,
    secret: str,
) -> Fixed:
    repo = Repository({path: text.encode()}, read, options)
    file, root = repo.file(path), repo.mapping(path)
    if file is None or root is None:
        why = f"{path} cannot be rewritten: it is no plain YAML mapping."
        return Fixed(text=text, changes=(), left=(why,))
    runs = list(walk_workflow(repo, file, root))
    edits = Edits(lines=text.split("\n"))
    changes: list[str] = []
    left: list[str] = []
    plans = [plan for run in runs if (plan := plan_job(repo, run)) is not None]
    for plan in plans:
        _job(edits, plan, changes, left, f"uses: {action}", secret)
    if any(plan.gate and plan.steps for plan in plans) and changes:
        callers(edits, root, secret, changes, left)
    workflow_env(edits, repo, root, runs, plans, changes, left)
    fixed = edits.text()
    why = _amiss(root, fixed, secret)
    if why:
        return Fixed(text=text, changes=(), left=(f"{path} was left as it is: {why}.",))
    left += _remaining(path, fixed, read, options)
    return Fixed(text=fixed, changes=tuple(changes), left=tuple(dict.fromkeys(left)))


def _amiss(before: Map, fixed: str, secret: str) -> str:
    """Why a rewrite may not be used: what it was not meant to touch has to parse to the same."""
    try:
        after = parse(fixed)
    except Unreadable as e:
        return e.reason
    return "" if is_same(before, after, secret) else "more than was meant would change"


def _remaining(
    path: str, text: str, read: Callable[[str], bytes | None], options: Options
) -> Iterator[str]:
    """What a person must change: all that would still be refused."""
    for found in check({path: text.encode()}, read=read, options=options):
        if found.path == path and found.rule in MENDED and found.level is not Level.NOTE:
            yield f"Line {found.line}, {found.rule}, is yours to change. {found.message} {found.fix}"


def _job(
    edits: Edits, plan: Plan, changes: list[str], left: list[str], uses: str, secret: str
) -> None:
    if plan.steps and not _gate(edits, plan, changes, left, uses, secret):
        return
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
    if not plan.output:
        return True
    done = expose(edits, plan, plan.standing) if plan.standing else False
    if done:
        changes.append(f"{name}: the gate's step gives its key out as an output as well.")
    elif done is False:
        left.append(
            f"{name}: give the gate's step `id: {plan.id}`, `mode: key` and `export: both`."
        )
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
