"""Where the scripts of GitLab CI, CircleCI, Azure Pipelines and Compose stand."""

from __future__ import annotations

import re

from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

SCRIPTS = {
    Kind.GITLAB: ("script", "before_script", "after_script"),
    Kind.CIRCLECI: ("command", "run"),
    Kind.AZURE: ("script", "bash", "pwsh", "powershell", "inlineScript"),
    Kind.PIPELINE: ("script", "before_script", "after_script", "command", "run", "bash", "pwsh", "powershell", "inlineScript"),
    Kind.COMPOSE: ("command", "entrypoint", "test"),
}  # fmt: skip

_CODE = re.compile(r"(?:^|[/ ])(?:python[\d.]*|node|ruby)\b")


def is_code(node: Map) -> bool:
    """A step with `shell: python3`, or the inputs of Azure's task for Python."""
    shell = node.get("shell")
    return (isinstance(shell, Scalar) and bool(_CODE.search(shell.text))) or (
        node.get("scriptSource") is not None
    )


def arguments(key: Scalar, value: Seq) -> list[tuple[Scalar, Scalar]]:
    """Compose's `command:` as a list: each is an argument, shown where it stands."""
    return [
        (Scalar(key.text, item.line, item.column), item)
        for item in value.items
        if isinstance(item, Scalar)
    ]


def scripts_of(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    if isinstance(node, Seq):
        return [s for item in node.items for s in (scripts_of(item) or _unquoted(item))]
    return []


def _unquoted(item: Node) -> list[Scalar]:
    """`- curl -H "x: y"`, which YAML takes for a mapping."""
    pairs = list(item.items.values()) if isinstance(item, Map) else []
    return [
        key._replace(text=f"{key.text}: {value.text}")
        for key, value in pairs[:1]
        if isinstance(value, Scalar)
    ]
