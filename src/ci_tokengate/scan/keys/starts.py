"""Whether a key can begin at a sign. Nearly every tree waits for this: nothing that judges a key is imported."""

from __future__ import annotations

from ci_tokengate.scan.keys.edges import KEY_CHARACTERS, begins
from ci_tokengate.scan.keys.form import Form
from ci_tokengate.scan.keys.probes import PLAIN
from ci_tokengate.scan.keys.table import FORMS

BY_PLAIN: tuple[tuple[Form, ...], ...] = tuple(
    tuple(form for form in FORMS if literal and literal in form.literal) for literal, _ in PLAIN
)
"""For each literal of PLAIN, the forms that have it."""
_NOT_AFTER: tuple[frozenset[int], ...] = tuple(
    frozenset()
    if any(form.offset for form in forms)
    else KEY_CHARACTERS
    - {f.literal[f.literal.index(lit) - 1] for f in forms if not f.literal.startswith(lit)}
    for (lit, _), forms in zip(PLAIN, BY_PLAIN, strict=True)
)
"""What no key has right before its literal, unless an escape ends there; csk- has a c before sk-."""


def may_begin(data: bytes, index: int, at: int) -> bool:
    """Whether a key can begin at this sign. Engines ask, so as not to keep millions of signs that are none."""
    return not at or data[at - 1] not in _NOT_AFTER[index] or begins(data, at)
