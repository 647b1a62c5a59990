"""When one `if:` follows from another: whether a gate has surely run where an agent runs."""

from __future__ import annotations

from ci_tokengate.scan.flows.github.evaluate import Scope
from ci_tokengate.scan.flows.github.expressions import Tree
from ci_tokengate.scan.flows.github.status import (
    CANCELLED,
    SUCCESS,
    Terms,
    asks_status,
    covers,
    is_failure,
    is_success,
    success_like,
)
from ci_tokengate.scan.flows.values import truth


def terms(tree: Tree, scope: Scope) -> Terms | None:
    """The condition's terms without those that always hold; None if it never holds.

    As on GitHub, a condition that asks for no status asks for `success()`.
    """
    found = set(tree[1]) if tree[0] == "and" else {tree}
    kept = {term for term in found if not _known(term, scope, True)}
    if any(_known(term, scope, False) for term in found):
        return None
    if not asks_status(tree):
        kept.add(SUCCESS)
    return frozenset(kept)


def implied(gate: Terms, agent: Terms) -> bool:
    """Whether everything that the gate asks for is asked for by the agent too."""
    known = agent | _neither(agent)
    return all(any(follows(term, from_) for from_ in known) for term in gate)


def _neither(known: Terms) -> Terms:
    """`!failure() && !cancelled()` is `success()`."""
    if ("not", CANCELLED) not in known:
        return frozenset()
    return frozenset(
        success_like(term[1]) for term in known if term[0] == "not" and is_failure(term[1])
    )


def follows(term: Tree, from_: Tree) -> bool:
    """Whether `term` holds wherever `from_` does, by their form alone."""
    if term == from_:
        return True
    if from_[0] == "or":
        return all(follows(term, branch) for branch in from_[1])
    if term[0] == "or":
        return any(follows(branch, from_) for branch in term[1])
    if term[0] == "and":
        return all(follows(part, from_) for part in term[1])
    if from_[0] == "and":
        return any(follows(term, part) for part in from_[1])
    return _excludes(term, from_)


def _excludes(term: Tree, from_: Tree) -> bool:
    """`x != 'a'` follows from `x == 'b'`; `x` from `x == 'true'`; `!cancelled()` from `success()`."""
    if is_success(from_) and is_success(term):
        return covers(term, from_)
    if is_success(from_) and term[0] == "not" and is_failure(term[1]):
        return covers(term[1], from_)
    if from_ == SUCCESS:
        return bool(term == ("not", CANCELLED))
    if from_[0] != "==" or from_[2][0] != "lit":
        return False
    if term[0] == "!=" and term[1] == from_[1] and term[2][0] == "lit":
        return bool(term[2][1].lower() != from_[2][1].lower())
    return bool(term == from_[1] and from_[2][1] not in ("", "false", "0"))


def _known(term: Tree, scope: Scope, wanted: bool) -> bool:
    if term[0] in ("unknown",):
        return False
    return all(truth(seen.tree(term)) is wanted for seen in scope.by_event())
