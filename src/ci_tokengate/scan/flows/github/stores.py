"""Actions that fetch secrets out of a store: the names under which they leave them for later steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from ci_tokengate.scan.flows.github.model import Entry
from ci_tokengate.scan.flows.names import key_of, normal
from ci_tokengate.scan.flows.values import Kind, Sources, Value


class Store(NamedTuple):
    """input: where the wanted secrets stand. name: finds the name that one of them gets. exported: the environment gets it, too."""

    input: str
    name: re.Pattern[str]
    exported: bool = True


_STORES: Mapping[str, Store] = {
    "hashicorp/vault-action": Store("secrets", re.compile(r"(?:\||\S\s)\s*([A-Za-z_][\w.-]*)\s*$")),
    "aws-actions/aws-secretsmanager-get-secrets": Store(
        "secret-ids", re.compile(r"^\s*([A-Za-z_][\w/.-]*)")
    ),
    "google-github-actions/get-secretmanager-secrets": Store(
        "secrets", re.compile(r"^\s*([A-Za-z_][\w-]*)\s*:"), exported=False
    ),
    "azure/get-keyvault-secrets": Store("secrets", re.compile(r"^\s*([A-Za-z][\w-]*)\s*$")),
    "keeper-security/ksm-action": Store(
        "secrets", re.compile(r">\s*(?:env:|out:)?([A-Za-z_][\w-]*)\s*$")
    ),
    "bitwarden/sm-action": Store("secrets", re.compile(r">\s*([A-Za-z_]\w*)\s*$")),
}
_UNNAMED = frozenset({"dopplerhq/secrets-fetch-action", "infisical/secrets-action"})
"""They leave every secret of a project, each as an output of its name."""


class _Every(dict[str, Value]):
    """Outputs of which any name is a secret."""

    def __init__(self, sources: Sources) -> None:
        super().__init__({"*": sources.value(Kind.SECRET, "*")})
        self.sources = sources

    def get(self, name: str, default: object = None) -> Value:
        return self.sources.value(Kind.SECRET, name.upper())


_BETWEEN = re.compile(r"[;\n,]")
"""Between two wanted secrets. After a comma AWS has the id, in which nothing is looked for twice."""

_MOST = 100


def fetched(
    uses: str, inputs: Mapping[str, Entry], sources: Sources
) -> tuple[Mapping[str, Entry], dict[str, Value], dict[str, Value]]:
    """The inputs, in which each key of a provider now counts as a secret; what later steps' environment gets; the outputs."""
    name = uses.lower().partition("@")[0]
    if name in _UNNAMED:
        return inputs, {}, _Every(sources)
    store = _STORES.get(name)
    entry = inputs.get(store.input) if store else None
    if store is None or entry is None:
        return inputs, {}, {}
    names = list(dict.fromkeys(name for text in entry.value for name in _names(store, text)))
    found: dict[str, Value] = {name: sources.value(Kind.SECRET, name) for name in names[:_MOST]}
    marked = "".join(value[0] for name, value in found.items() if key_of(name))
    given = replace(entry, value=(*entry.value[:-1], entry.value[-1] + marked))
    exported = {_variable(name): value for name, value in found.items()} if store.exported else {}
    return (
        {**inputs, store.input: given},
        exported,
        {name.lower(): value for name, value in found.items()},
    )


def _names(store: Store, text: str) -> Iterator[str]:
    for part in _BETWEEN.split(text):
        match = store.name.search(part)
        if match:
            yield match[1]


def _variable(name: str) -> str:
    return name if name.isidentifier() else normal(name)
