"""A job key's alias as metadata on its calls, by which analytics can be asked.

A value is a string of at most 128 characters, and a filter matches it whole. So the alias is in two values, and
what is too long is cut and stays another than all that begin alike.
Source: https://portkey.ai/docs/product/observability/metadata
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ci_tokengate.core.alias import PREFIX
from ci_tokengate.core.keys import KeyRequest
from ci_tokengate.core.money import plain

SCOPE, KEY, RUN = "tokengate_scope", "tokengate_key", "tokengate_run"
LONGEST = 128
_HASH = 12
_CAP = ";cap="
_ABOUT = ("repository", "pull_request", "workflow", "team", "cost_center", "use_case")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """`scope` is `owner/repo#12`, `tail` what follows it in the alias, `run` the run's id."""

    scope: str
    tail: str

    @property
    def run(self) -> str:
        return self.tail.partition(".")[0]


def parts_of(alias: str) -> Parts:
    """Neither part has a colon that is not the alias's own: they are percent-encoded there."""
    scope, _, tail = alias.removeprefix(PREFIX).partition(":")
    return Parts(scope=scope, tail=tail)


def key_label(alias: str, cap: Decimal) -> str:
    """The tail and the cap (USD), which nothing else remembers of a key that is deleted."""
    tail, end = parts_of(alias).tail, f"{_CAP}{plain(cap)}"
    return cut(tail, LONGEST - len(end)) + end


def read_key_label(label: str) -> tuple[str, Decimal | None]:
    """The tail as it was cut, and the cap (USD) where one is told."""
    tail, mark, text = label.rpartition(_CAP)
    try:
        return (tail, Decimal(text)) if mark else (label, None)
    except InvalidOperation:
        return label, None


def metadata(request: KeyRequest, cap: Decimal) -> dict[str, str]:
    """Of the key, and so of its calls: what the key says wins over what a call says."""
    about = {
        f"tokengate_{name}": cut(str(request.attribution[name]))
        for name in _ABOUT
        if request.attribution.get(name) not in (None, "")
    }
    return {**about, **of_calls(request.alias, cap)}


def of_calls(alias: str, cap: Decimal) -> dict[str, str]:
    """By which analytics are asked."""
    parts = parts_of(alias)
    return {SCOPE: cut(parts.scope), KEY: key_label(alias, cap), RUN: cut(parts.run)}


def cut(text: str, longest: int = LONGEST) -> str:
    if len(text) <= longest:
        return text
    return f"{text[: longest - _HASH - 1]}~{hashlib.sha256(text.encode()).hexdigest()[:_HASH]}"
