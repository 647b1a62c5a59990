"""Where a job's policy stands: on a branch that whoever may push cannot have written alone (DESIGN D7).

That is the default branch, and another base branch only where rulesets guard it. A branch's `protected: true` says
too little: any rule sets it, one for the form of branch names as well, and a pattern such as `release/*` sets it on a
branch that somebody has just made, with a policy of their own in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from ci_tokengate.core.context import JobContext

_HEADS = "refs/heads/"


@dataclass(frozen=True, kw_only=True)
class BranchRule:
    """What an active ruleset asks of a branch: `kind` as GitHub names it; `approvals` that a merge into it needs."""

    kind: str
    approvals: int = 0


@dataclass(frozen=True, kw_only=True)
class OtherBase:
    """The branch, not the default one, that a change goes into; `ref` is where its own policy stands."""

    branch: str
    ref: str


@dataclass(frozen=True, kw_only=True)
class PolicyPlace:
    """`ref` is a commit or a full ref, None is the disk. `base`, if it is guarded, comes before."""

    ref: str | None
    base: OtherBase | None = None


class Why(Enum):
    """Why the policy of another base branch counts, or the default branch's in its stead."""

    GUARDED = "rulesets guard it"
    OPEN = "no ruleset guards it"
    UNTOLD = "nobody could tell whether rulesets guard it"
    ABSENT = "rulesets guard it, and it has no policy"


def place_of(context: JobContext, *, default: str, queue_base: str = "") -> PolicyPlace:
    """`default` is the default branch's name, empty where the payload names none; `queue_base` the full ref that a merge queue merges into.

    A pull request's policy stands at its base commit. A merge queue's does not: a group's base commit holds the groups before it,
    which are not merged yet, so it stands at its branch. Anything else reads the default branch, never the branch that it runs from.
    """
    pull, trunk = context.pull_request, f"{_HEADS}{default}"
    if pull is not None and pull.base_sha and (not default or pull.base_ref in ("", default)):
        return PolicyPlace(ref=pull.base_sha)
    if not default or context.ref == trunk:
        return PolicyPlace(ref=context.sha)
    if pull is not None and pull.base_sha:
        return PolicyPlace(ref=trunk, base=OtherBase(branch=pull.base_ref, ref=pull.base_sha))
    if queue_base.startswith(_HEADS) and queue_base != trunk:
        branch = queue_base.removeprefix(_HEADS)
        return PolicyPlace(ref=trunk, base=OtherBase(branch=branch, ref=queue_base))
    return PolicyPlace(ref=trunk)


def guarded(rules: Iterable[BranchRule]) -> bool:
    """Whether nobody can change the branch alone, nor make it: only by an approved pull request, or by a right to bypass the rules."""
    known = list(rules)
    made_by_few = any(rule.kind == "creation" for rule in known)
    changed_by_few = any(rule.kind == "update" for rule in known)
    approved = any(rule.kind == "pull_request" and rule.approvals > 0 for rule in known)
    return made_by_few and (changed_by_few or approved)
