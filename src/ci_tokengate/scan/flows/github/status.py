"""`success()` and `failure()`: of the job, or of the composite action in which a step stands."""

from __future__ import annotations

from ci_tokengate.scan.flows.github.expressions import Tree

Terms = frozenset[Tree]
"""What must all hold."""

SUCCESS: Tree = ("call", "success", ())
FAILURE: Tree = ("call", "failure", ())
CANCELLED: Tree = ("call", "cancelled", ())

_JOB = -1
_OF = " of"
"""`success of` and `failure of` are names that no condition can call. Their arguments: the place in the job of the
step whose composite action is meant, _JOB for the job itself, and before which place, if not up to now."""
_STATUS = ("success", "failure", "cancelled", "always")


def asks_status(tree: Tree) -> bool:
    """Whether success(), failure(), cancelled() or always() stands in it."""
    if tree[0] == "call" and tree[1] in _STATUS:
        return True
    return any(
        asks_status(part)
        for branch in tree[1:]
        for part in (branch if _are_trees(branch) else (branch,))
        if isinstance(part, tuple) and part
    )


def inner(terms: Terms, composite: int) -> Terms:
    """The terms of a step of a composite action: its status is that of the steps of this action alone.

    composite: the place in the job of the step that uses it.
    """
    return frozenset(_told(term, composite, None) for term in terms)


def before(composite: int, outer: Terms) -> Terms:
    """What is known in a composite action of the terms of the step that uses it: the status *before* it."""
    return frozenset(_told(term, None, composite) for term in outer)


def after(composite: int, terms: Terms) -> Terms:
    """What is known once the step there, which has these terms, has succeeded: it was started, and no step in it failed."""
    return before(composite, terms) | inner(frozenset({SUCCESS}), composite)


def is_success(term: Tree) -> bool:
    return term == SUCCESS or term[:2] == ("call", "success" + _OF)


def is_failure(term: Tree) -> bool:
    return term == FAILURE or term[:2] == ("call", "failure" + _OF)


def asks_success(terms: Terms) -> Terms:
    """Those of the terms that say `success()`, of the job or of a composite action."""
    return frozenset(term for term in terms if is_success(term))


def success_like(failure: Tree) -> Tree:
    """The `success()` that asks about the same steps as this `failure()`."""
    return ("call", failure[1].replace("failure", "success"), failure[2])


def covers(asked: Tree, known: Tree) -> bool:
    """Whether the status `known` speaks of all steps that `asked` does: a composite action that has failed is a
    failed step of what uses it."""
    (inside, _), (whose, until) = _level(asked), _level(known)
    return inside == whose or (whose < inside and (until is None or inside < until))


def _level(status: Tree) -> tuple[int, int | None]:
    """Whose steps it asks about, and before which place in the job, None for up to now."""
    places = [int(place[1]) for place in status[2]]
    return (places[0] if places else _JOB), (places[1] if len(places) > 1 else None)


def _told(tree: Tree, composite: int | None, until: int | None) -> Tree:
    """The tree with each status in it that of a composite action, or as it was before a step."""
    if is_success(tree) or is_failure(tree):
        whose, known = _level(tree)
        if until is None:
            return tree if tree[2] else _of(tree, composite, None)
        return tree if known is not None else _of(tree, whose, until)
    if tree[0] in ("lit", "path", "unknown"):
        return tree
    return tuple(
        tuple(_told(part, composite, until) for part in branch)
        if _are_trees(branch)
        else _told(branch, composite, until)
        if isinstance(branch, tuple) and branch
        else branch
        for branch in tree
    )


def _of(status: Tree, whose: int | None, until: int | None) -> Tree:
    places = tuple(("lit", str(place)) for place in (whose, until) if place is not None)
    return ("call", status[1].removesuffix(_OF) + _OF, places)


def _are_trees(branch: object) -> bool:
    return isinstance(branch, tuple) and bool(branch) and isinstance(branch[0], tuple)
