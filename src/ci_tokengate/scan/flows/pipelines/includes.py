"""What a pipeline includes: `include:` of GitLab CI, `template:` of Azure Pipelines, a continued configuration of CircleCI."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.pipelines.parameters import defaults, in_header, scalars, with_defaults
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

_DEEPEST = 14
_YAML = (".yml", ".yaml")
_CONTINUED = ("configuration_path", "configuration-path", "config_path", "config-path")
_OF_GITLAB = re.compile(r"(?:\$CI_SERVER_FQDN|\$CI_SERVER_HOST|gitlab\.com)/components/")
"""GitLab's own components, as its own `template:`, hold no agent of anybody's."""
HINTS = re.compile(
    r"anthropic|claude|openai|codex|gemini|aider|\bllm|gpt|copilot|bedrock|vertex|\bai[-_/.]|[-_/.]ai\b|[-_/.]agents?\b",
    re.IGNORECASE,
)
"""In the name of what many pipelines use that is no part of theirs: orbs, libraries."""


@dataclass(frozen=True, kw_only=True)
class Include:
    """path: from the root, perhaps with wildcards; "" where it is not in this repository. what: how it is told.

    given: its inputs or parameters. apart: whether it is a pipeline of its own, which sees no variables of this one.
    """

    at: Scalar
    path: str = ""
    what: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    apart: bool = False


def includes(
    kind: Kind, path: str, documents: list[Map], given: Mapping[str, str]
) -> Iterator[Include]:
    """path: of the file itself. given: its own inputs or parameters."""
    for root in documents:
        known = {**in_header(root), **defaults(root), **given}
        if kind in (Kind.GITLAB, Kind.PIPELINE):
            yield from _gitlab(root, known)
        if kind in (Kind.AZURE, Kind.PIPELINE):
            yield from _templates(root, posixpath.dirname(path), known, 0)
        if kind is Kind.CIRCLECI:
            yield from _orbs(root)
            yield from _continued(root, known, 0)


def _gitlab(root: Map, known: Mapping[str, str]) -> Iterator[Include]:
    yield from _entries(root.items.get("include"), known, apart=False)
    for _, job in root.items.values():
        trigger = job.get("trigger") if isinstance(job, Map) else None
        if isinstance(trigger, Map):
            yield from _entries(trigger.items.get("include"), known, apart=True)


def _entries(
    pair: tuple[Scalar, Node] | None, known: Mapping[str, str], *, apart: bool
) -> Iterator[Include]:
    node = pair[1] if pair else None
    for item in node.items if isinstance(node, Seq) else (node,):
        if isinstance(item, Scalar):
            yield _local(item, item.text, {}, known, apart)
        elif isinstance(item, Map):
            yield from _entry(item, known, apart)


def _entry(item: Map, known: Mapping[str, str], apart: bool) -> Iterator[Include]:
    given = scalars(item.get("inputs"))
    for name, (key, value) in item.items.items():
        if name == "local" and isinstance(value, Scalar):
            yield _local(value, value.text, given, known, apart)
        elif name in ("project", "remote", "artifact") and isinstance(value, Scalar):
            yield Include(at=key, what=f"{name} `{value.text[:100]}`")
        elif name == "component" and isinstance(value, Scalar) and not _OF_GITLAB.match(value.text):
            yield Include(at=key, what=f"component `{value.text[:100]}`")


def _local(
    at: Scalar, text: str, given: Mapping[str, str], known: Mapping[str, str], apart: bool
) -> Include:
    text = with_defaults(text, known)
    if "://" in text:
        return Include(at=at, what=f"remote `{text[:100]}`")
    if "$" in text:
        return Include(at=at, what=f"`{text[:100]}`")
    return Include(at=at, path=text.lstrip("/"), what=f"`{text[:100]}`", given=given, apart=apart)


def _templates(node: Node, folder: str, known: Mapping[str, str], depth: int) -> Iterator[Include]:
    """`- template: steps.yml`, `extends: {template: …}`, anywhere."""
    if depth > _DEEPEST or isinstance(node, Scalar):
        return
    if isinstance(node, Map):
        named = node.get("template")
        if isinstance(named, Scalar) and named.text.partition("@")[0].endswith(_YAML):
            yield _template(named, folder, scalars(node.get("parameters")), known)
        below: list[Node] = [value for _, value in node.items.values()]
    else:
        below = list(node.items)
    for child in below:
        yield from _templates(child, folder, known, depth + 1)


def _template(
    at: Scalar, folder: str, given: Mapping[str, str], known: Mapping[str, str]
) -> Include:
    text = with_defaults(at.text, known)
    path, _, repository = text.partition("@")
    if "$" in text or repository not in ("", "self"):
        return Include(at=at, what=f"template `{text[:100]}`")
    path = path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path)
    given = {name: with_defaults(value, known) for name, value in given.items()}
    return Include(
        at=at, path=posixpath.normpath(path), what=f"template `{text[:100]}`", given=given
    )


def _continued(node: Node, known: Mapping[str, str], depth: int) -> Iterator[Include]:
    """`configuration_path: ci/next.yml` of a setup workflow."""
    if depth > _DEEPEST or isinstance(node, Scalar):
        return
    pairs = node.items.values() if isinstance(node, Map) else ((None, item) for item in node.items)
    for key, value in pairs:
        named = key is not None and key.text in _CONTINUED
        if named and isinstance(value, Scalar) and value.text.endswith(_YAML):
            text = with_defaults(value.text, known)
            hidden = "<<" in text or "$" in text
            path = "" if hidden else posixpath.normpath(text)
            yield Include(at=value, path=path, what=f"configuration `{text[:100]}`", apart=True)
        else:
            yield from _continued(value, known, depth + 1)


def _orbs(root: Map) -> Iterator[Include]:
    orbs = root.get("orbs")
    for key, value in orbs.items.values() if isinstance(orbs, Map) else ():
        if isinstance(value, Scalar) and HINTS.search(value.text):
            yield Include(at=key, what=f"orb `{value.text[:100]}`")
