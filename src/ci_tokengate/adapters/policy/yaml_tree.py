"""YAML to plain values, with the line and column of each: strict, bounded, and with exact numbers.

A policy comes from a repository, so the text is not trusted: its size, depth and expanded size are
bounded (an alias bomb is refused before it grows), cycles and duplicate keys are errors, and a
fraction becomes the Decimal that is written, never a float.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ci_tokengate.errors import PolicyError

MAX_BYTES = 256 * 1024
_MAX_NODES = 20_000
_MAX_DEPTH = 32
_NOT_FINITE = frozenset({".nan", ".inf", "-.inf", "+.inf"})

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mark:
    """One-based line and column."""

    line: int
    column: int


@dataclass
class Tree:
    """Plain values, and where each path of keys and indexes stands in the text."""

    source: str
    value: Any = None
    marks: dict[Path, Mark] = field(default_factory=dict)

    def at(self, path: Path) -> Mark:
        """The place of `path`, or of the nearest thing around it that is there."""
        while path not in self.marks and path:
            path = path[:-1]
        return self.marks.get(path, Mark(1, 1))

    def error(self, mark: Mark, message: str, hint: str = "") -> PolicyError:
        return PolicyError(f"{self.source}:{mark.line}:{mark.column}: {message}", hint=hint)


def read_tree(text: str, source: str) -> Tree:
    """Raises PolicyError, with line and column, for anything that is not one plain document."""
    tree = Tree(source)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise tree.error(
            Mark(1, 1),
            f"the file is larger than {MAX_BYTES // 1024} KiB.",
            "A policy has a few dozen lines; is this the right file?",
        )
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = 2 * _MAX_DEPTH  # ends a hostile text early; what is just too deep is ours
    yaml.composer.warn_double_anchors = False  # YAML 1.2 lets an anchor be used again
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)
        problem = str(error.problem or error.context)
        if "maximum depth" in problem:
            problem = "nested too deeply"
        raise tree.error(place, f"not valid YAML: {problem}.") from error
    except (YAMLError, RecursionError, ValueError, OverflowError) as error:
        raise tree.error(Mark(1, 1), "not valid YAML.", str(error).split("\n")[0]) from error
    if node is None:
        raise tree.error(Mark(1, 1), "the file is empty.", "Start with `version: 1`.")
    tree.value = _Reader(tree).read(node, (), 0)
    return tree


class _Reader:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.nodes = 0

    def read(self, node: Node, path: Path, depth: int) -> Any:
        mark = _mark(node)
        self.tree.marks.setdefault(path, mark)
        self.nodes += 1
        if self.nodes > _MAX_NODES:
            raise self.tree.error(mark, "the file expands to too much: aliases within aliases?")
        if depth > _MAX_DEPTH:
            raise self.tree.error(mark, "nested too deeply, or an alias that contains itself.")
        if isinstance(node, MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, SequenceNode):
            return [self.read(n, (*path, i), depth + 1) for i, n in enumerate(node.value)]
        return self._scalar(node, mark)

    def _mapping(self, node: MappingNode, path: Path, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            mark = _mark(key_node)
            if not isinstance(key_node, ScalarNode) or key_node.value == "<<":
                raise self.tree.error(mark, "keys are plain words; `<<` merges are not supported.")
            key = str(key_node.value)
            if key in found:
                raise self.tree.error(mark, f"{key!r} is given twice.")
            found[key] = self.read(value_node, (*path, key), depth + 1)
            self.tree.marks[(*path, key)] = mark
        return found

    def _scalar(self, node: Any, mark: Mark) -> Any:
        kind, text = str(node.tag).rsplit(":", 1)[-1], node.value
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind == "int" and text.isascii() and text.isdigit():
            return int(text) if len(text) < 20 else text
        if kind == "float" and text.lower() not in _NOT_FINITE:
            return _exact(text)
        if kind == "timestamp" and len(text) == 10:
            return _day(text, self.tree, mark)
        return text


def _exact(text: str) -> Decimal | str:
    """`2.50` as it is written; `1e9` and the like stay text, which no amount accepts."""
    plain = text.replace(".", "", 1)
    return Decimal(text) if plain.isascii() and plain.isdigit() and text[0] != "." else text


def _day(text: str, tree: Tree, mark: Mark) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise tree.error(
            mark, f"{text} is not a day of the calendar.", "Days are written 2026-12-31."
        ) from error


def _mark(node: Any) -> Mark:
    return Mark(node.start_mark.line + 1, node.start_mark.column + 1)
