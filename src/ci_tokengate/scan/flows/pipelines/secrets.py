"""What a Compose service takes from elsewhere: secrets by their name, and files of variables."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq


def taken_in(taken: Seq, declared: Node | None) -> Iterator[Scalar]:
    """The variables that a service's secrets are filled from: `secrets: {key: {environment: OPENAI_API_KEY}}`."""
    for item in taken.items:
        name = item.get("source") if isinstance(item, Map) else item
        spec = (
            declared.get(name.text)
            if isinstance(name, Scalar) and isinstance(declared, Map)
            else None
        )
        filled = spec.get("environment") if isinstance(spec, Map) else None
        if isinstance(filled, Scalar):
            yield filled


def env_files(node: Node) -> Iterator[str]:
    """`env_file: a.env`, a list of those, or of `{path: a.env, required: false}`."""
    for item in node.items if isinstance(node, Seq) else (node,):
        path = item.get("path") if isinstance(item, Map) else item
        if isinstance(path, Scalar):
            yield path.text
