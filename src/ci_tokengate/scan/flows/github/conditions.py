"""When one `if:` follows from another: whether a gate has surely run where an agent runs."""

from __future__ import annotations

from ci_tokengate.scan.flows.github.evaluate import Scope
from ci_tokengate.scan.flows.github.expressions import Tree
from ci_tokengate.scan.flows.values import truth

Terms = frozenset[Tree]
"""What must all hold."""

SUCCESS: Tree = ("call", "success", ())


_JOB = -1
_INNER = "success of"
"""No name that a condition can call."""


def inner_success(composite: int) -> Tree:
    """`success()` within a composite action, which asks about the steps of that action alone.

    composite: the place in the job of the step that uses it.
    """
    return ("call", _INNER, (("lit", str(composite)),))


def before(composite: int, outer: Terms) -> Terms:
    """What is known in a composite action of the terms of the step that uses it: there was success *before* it."""
    return frozenset(
        ("call", _INNER, (("lit", str(_level(term)[0])), ("lit", str(composite))))
        if _is_success(term) and _level(term)[1] is None
        else term
        for term in outer
    )


def asks_success(terms: Terms) -> Terms:
    """Those of the terms that say `success()`, of the job or of a composite action."""
    return frozenset(term for term in terms if _is_success(term))


def _is_success(term: Tree) -> bool:
    return term == SUCCESS or term[:2] == ("call", _INNER)


def _level(term: Tree) -> tuple[int, int | None]:
    """Of a `success()`: whose steps it asks about, and before which place in the job, None for up to now."""
    places = [int(place[1]) for place in term[2]]
    return (places[0] if places else _JOB), (places[1] if len(places) > 1 else None)


def _succeeded(term: Tree, from_: Tree) -> bool:
    """A composite action that has failed is a failed step of what uses it."""
    (asked, _), (known, until) = _level(term), _level(from_)
    return asked == known or (known < asked and (until is None or asked < until))


_NOT_AMISS: tuple[Tree, ...] = (
    ("not", ("call", "cancelled", ())),
    ("not", ("call", "failure", ())),
)
_STATUS = ("success", "failure", "cancelled", "always")


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


def asks_status(tree: Tree) -> bool:
    """Whether success(), failure(), cancelled() or always() stands in it."""
    if tree[0] == "call" and tree[1] in _STATUS:
        return True
    return any(
        asks_status(part)
        for branch in tree[1:]
        for part in (
            branch
            if isinstance(branch, tuple) and branch and isinstance(branch[0], tuple)
            else (branch,)
        )
        if isinstance(part, tuple) and part
    )


def implied(gate: Terms, agent: Terms) -> bool:
    """Whether everything that the gate asks for is asked for by the agent too."""
    return all(any(follows(term, from_) for from_ in agent) for term in gate)


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
    if _is_success(from_) and _is_success(term):
        return _succeeded(term, from_)
    if from_ == SUCCESS:
        return term in _NOT_AMISS
    if from_[0] != "==" or from_[2][0] != "lit":
        return False
    if term[0] == "!=" and term[1] == from_[1] and term[2][0] == "lit":
        return bool(term[2][1].lower() != from_[2][1].lower())
    return bool(term == from_[1] and from_[2][1] not in ("", "false", "0"))


def _known(term: Tree, scope: Scope, wanted: bool) -> bool:
    if term[0] in ("unknown",):
        return False
    return all(truth(seen.tree(term)) is wanted for seen in scope.by_event())
