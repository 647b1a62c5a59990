"""Jobs and commands that a CircleCI configuration calls, its own and those of orbs, with what it gives to them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.flows.names import key_of
from ci_tokengate.scan.flows.yaml import Map, Scalar

CALLS = ("jobs", "steps", "pre-steps", "post-steps")
"""In a list below one of these, a mapping of one name is a call."""

_OWN_STEPS = frozenset(
    {"run", "when", "unless", "checkout", "setup_remote_docker", "save_cache", "restore_cache",
     "persist_to_workspace", "attach_workspace", "store_artifacts", "store_test_results", "add_ssh_keys"}
)  # fmt: skip
_OWN_KEYS = frozenset({"name", "context", "requires", "filters", "type", "executor", "when"})
"""Of a job in a workflow: no parameters."""

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")


def given(item: Map) -> Iterator[tuple[Scalar, Scalar]]:
    """`- review/run: {openai-api-key: ${OPENAI_API_KEY}}`. A parameter may also take a variable by its bare name."""
    if len(item.items) != 1:
        return
    ((called, inner),) = item.items.values()
    if called.text in _OWN_STEPS or not isinstance(inner, Map):
        return
    for key, value in inner.items.values():
        if isinstance(value, Scalar) and key.text not in _OWN_KEYS:
            by_name = _VARIABLE.fullmatch(value.text) and key_of(value.text)
            yield key, value._replace(text=f"${value.text}") if by_name else value
