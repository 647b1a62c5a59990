"""Parameters of CircleCI and Azure Pipelines, inputs of GitLab CI: what they are where nobody gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

_USED = re.compile(
    r"<<\s*(?:pipeline\.)?parameters\.([\w-]+)\s*>>|\$\{\{\s*parameters\.([\w-]+)\s*\}\}"
    r"|\$\[\[\s*inputs\.([\w-]+)[^\]\n]{0,80}\]\]"
)
_LONGEST = 1_000
"""Of a default; an address and a name are shorter."""


def defaults(node: Map) -> dict[str, str]:
    """The defaults in `parameters:`, by name: a mapping in CircleCI, a list or a mapping in Azure Pipelines."""
    return _declared(node.get("parameters"))


def in_header(document: Map) -> dict[str, str]:
    """The defaults in `spec: {inputs: …}`, the header of a GitLab file."""
    spec = document.get("spec")
    return _declared(spec.get("inputs")) if isinstance(spec, Map) else {}


def _declared(declared: Node | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if isinstance(declared, Map):
        for key, spec in declared.items.values():
            default = spec.get("default") if isinstance(spec, Map) else spec
            if isinstance(default, Scalar):
                found[key.text] = default.text
    for spec in declared.items if isinstance(declared, Seq) else ():
        if isinstance(spec, Map):
            name, default = spec.get("name"), spec.get("default")
            if isinstance(name, Scalar) and isinstance(default, Scalar):
                found[name.text] = default.text
    return {name: text for name, text in found.items() if 0 < len(text) < _LONGEST}


def scalars(node: Node | None) -> dict[str, str]:
    """What is given by name: `inputs:` of an include, `parameters:` of a template."""
    return _declared(node) if isinstance(node, Map) else {}


def with_defaults(text: str, parameters: Mapping[str, str]) -> str:
    """A text with the defaults put in; one that has none stays as it is written."""
    return _USED.sub(lambda m: parameters.get(m[1] or m[2] or m[3], m.group()), text)
