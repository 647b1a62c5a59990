"""A workflow rewritten so that its agents run behind the gate, with the job key in the secrets' place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.fix.edits import Edits
from ci_tokengate.scan.fix.environment import workflow_env
from ci_tokengate.scan.fix.gate_step import callers
from ci_tokengate.scan.fix.job import mend_job
from ci_tokengate.scan.fix.plan import plan_job
from ci_tokengate.scan.fix.same import is_same
from ci_tokengate.scan.flows import check
from ci_tokengate.scan.flows.github.walk import walk_workflow
from ci_tokengate.scan.flows.options import Options
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.yaml import Map, Unreadable, parse

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
        mend_job(edits, plan, changes, left, f"uses: {action}", secret)
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
