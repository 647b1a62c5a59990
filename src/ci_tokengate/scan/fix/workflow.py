"""A workflow rewritten so that its agents run behind the gate, with the job key in the secrets' place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ci_tokengate.scan.fix.edits import Edits
from ci_tokengate.scan.fix.plan import Plan, is_replaceable, plan_job
from ci_tokengate.scan.flows.github.model import Act, Entry, JobRun
from ci_tokengate.scan.flows.github.walk import walk_workflow
from ci_tokengate.scan.flows.options import Options
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.yaml import Map, Scalar, Unreadable, parse

ACTION = "org/ci-tokengate@v1"
SECRET = "TOKENGATE_MINTING_KEY"


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
    """The same text without changes if there is nothing to do, or nothing that can be done in it."""
    repo = Repository({path: text.encode()}, read, options)
    file, root = repo.file(path), repo.mapping(path)
    if file is None or root is None or "\t" in text:
        return Fixed(
            text=text,
            changes=(),
            left=(f"{path} cannot be rewritten: it is no plain YAML mapping.",),
        )
    runs = list(walk_workflow(repo, file, root))
    edits = Edits(lines=text.split("\n"))
    changes: list[str] = []
    left: list[str] = []
    plans = [plan for run in runs if (plan := plan_job(repo, run)) is not None]
    for plan in plans:
        _job(edits, plan, changes, left, f"uses: {action}", secret)
    _workflow_env(edits, repo, root, runs, plans, changes, left)
    fixed = edits.text()
    try:
        parse(fixed)
    except Unreadable as e:
        return Fixed(text=text, changes=(), left=(f"{path} was left as it is: {e.reason}.",))
    return Fixed(text=fixed, changes=tuple(changes), left=tuple(left))


def _job(
    edits: Edits, plan: Plan, changes: list[str], left: list[str], uses: str, secret: str
) -> None:
    name = plan.run.name
    if plan.gate and plan.steps:
        first = plan.steps[0]
        if not _put_gate(edits, plan, first, uses, secret):
            left.append(
                f"Job {name!r}: its steps are written in one line; put the gate in by hand."
            )
            return
        changes.append(f"Job {name!r}: the ci-tokengate step before {first.label!r}.")
    for _, entry in plan.keys:
        if isinstance(entry.node, Scalar) and edits.replace_expression(
            entry.node, f"${{{{ steps.{plan.id}.outputs.key }}}}"
        ):
            changes.append(f"Job {name!r}: `{entry.name}` is the job key.")
        else:
            left.append(
                f"Job {name!r}: `{entry.name}` is written over several lines; replace it by hand."
            )
    for act, entry in plan.addresses:
        _drop(edits, act, entry, name, changes, left)
    for act in plan.endpoints:
        _endpoint(edits, plan, act, changes)
    _job_env(edits, plan, changes, left)
    _permissions(edits, plan.run, changes)


def _put_gate(edits: Edits, plan: Plan, first: Act, uses: str, secret: str) -> bool:
    """Before the `- ` of the first step that needs it, and before the comments that belong to that step."""
    line = first.node.line
    own = edits.lines[line - 1]
    dash = own.find("-")
    if dash < 0 or own[:dash].strip() or dash >= first.node.column:
        return False
    indent = " " * dash
    inner = " " * (first.node.column - 1)
    export = ["export: both"] if plan.output else []
    step = [
        f"{indent}-{' ' * (first.node.column - dash - 2)}{uses}",
        f"{inner}id: {plan.id}",
        *(
            [f"{inner}if: {plan.condition}"]
            if plan.condition and "\n" not in plan.condition
            else []
        ),
        f"{inner}with:",
        *(
            f"{inner}  {text}"
            for text in (
                f"proxy-key: ${{{{ secrets.{secret} }}}}",
                f"tools: {', '.join(plan.tools)}",
                *export,
            )
        ),
    ]
    while line > 1 and edits.lines[line - 2].lstrip().startswith("#"):
        line -= 1
    edits.insert(line, step)
    return True


def _drop(
    edits: Edits, act: Act, entry: Entry, job: str, changes: list[str], left: list[str]
) -> None:
    for name in ("env", "with"):
        pair = act.node.items.get(name)
        if (
            pair
            and isinstance(pair[1], Map)
            and entry.name in pair[1].items
            and isinstance(entry.node, Scalar)
        ):
            if edits.remove(pair[1], pair[0], entry.key, entry.node):
                changes.append(f"Job {job!r}: `{entry.name}`, which led past the proxy, is out.")
            else:
                left.append(f"Job {job!r}: take `{entry.name}` out by hand.")
            return


def _endpoint(edits: Edits, plan: Plan, act: Act, changes: list[str]) -> None:
    pair = act.node.items.get("with")
    if pair and isinstance(pair[1], Map) and pair[1].items:
        text = f'responses-api-endpoint: "${{{{ steps.{plan.id}.outputs.openai-base-url }}}}/responses"'
        edits.add_to(pair[1], pair[0], text)
        changes.append(f"Job {plan.run.name!r}: `responses-api-endpoint` leads to the proxy.")


def _job_env(edits: Edits, plan: Plan, changes: list[str], left: list[str]) -> None:
    """The gate's variables take the place of a job's own."""
    pair = plan.run.node.items.get("env")
    own = pair[1] if pair and isinstance(pair[1], Map) else None
    for entry in plan.gone:
        if (
            own is not None
            and pair is not None
            and own.items.get(entry.name, (None,))[0] is entry.key
            and isinstance(entry.node, Scalar)
        ):
            if edits.remove(own, pair[0], entry.key, entry.node):
                changes.append(
                    f"Job {plan.run.name!r}: `{entry.name}` is out of its environment; the gate sets it."
                )
            else:
                left.append(
                    f"Job {plan.run.name!r}: take `{entry.name}` out of its environment by hand."
                )


def _workflow_env(
    edits: Edits,
    repo: Repository,
    root: Map,
    runs: list[JobRun],
    plans: list[Plan],
    changes: list[str],
    left: list[str],
) -> None:
    """A secret of the whole workflow goes only if every job has its gate."""
    pair = root.items.get("env")
    if not pair or not isinstance(pair[1], Map) or not runs:
        return
    for entry in runs[0].entries:
        if pair[1].items.get(entry.name, (None,))[0] is not entry.key or not is_replaceable(
            repo, entry
        ):
            continue
        if (
            len(plans) == len(runs)
            and isinstance(entry.node, Scalar)
            and edits.remove(pair[1], pair[0], entry.key, entry.node)
        ):
            changes.append(
                f"`{entry.name}` is out of the workflow's environment; each job's gate sets it."
            )
        else:
            left.append(
                f"`{entry.name}` in the workflow's environment: other jobs may need it; take it out by hand."
            )


def _permissions(edits: Edits, run: JobRun, changes: list[str]) -> None:
    """The gate reads the policy: `contents: read`, where permissions are listed without it."""
    for node in (run.node, run.root):
        pair = node.items.get("permissions")
        if pair is None:
            continue
        if isinstance(pair[1], Map) and "contents" not in pair[1].items:
            line = edits.lines[pair[1].line - 1]
            if "contents: read" not in line and not any(
                "contents: read" in t for t in edits.before.get(pair[1].line, [])
            ):
                edits.add_to(pair[1], pair[0], "contents: read")
                changes.append(f"Job {run.name!r}: it may read the repository, for the policy.")
        return
