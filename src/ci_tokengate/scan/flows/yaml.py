"""YAML as a small immutable tree that knows its lines: one pass over libyaml's events.

Composing with PyYAML recurses in C and dies of a deep document, and libyaml itself is quadratic in the depth of
brackets, so depth and size are bounded here. Aliases share their node; an alias to a node that is still open (a
cycle) is an error. NamedTuples, because a thousand workflows are read while a person waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Union

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

_DEEPEST = 100
_MOST_NODES = 200_000
"""Of a file's tree with its aliases written out; a bomb has billions."""

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unreadable(Exception):  # noqa: N818 - a reason, turned into a note
    """The text is no YAML that can be followed; `reason` is a clause, `line` counts from 1."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


class Scalar(NamedTuple):
    """Line and column count from 1, at the first character (of a block scalar: at its `|`)."""

    text: str
    line: int
    column: int
    style: str = ""
    size: int = 1


class Seq(NamedTuple):
    items: tuple[Node, ...]
    line: int
    column: int
    size: int


class Map(NamedTuple):
    """`items` in the file's order, merges (`<<`) written out; of two equal keys the later one counts."""

    items: dict[str, tuple[Scalar, Node]]
    line: int
    column: int
    size: int

    def get(self, key: str) -> Node | None:
        found = self.items.get(key)
        return found[1] if found else None


Node = Union[Scalar, Seq, Map]  # noqa: UP007 - used before its parts are defined


def parse(text: str) -> Node | None:
    """The first document, None if there is none. Raises Unreadable."""
    return next(parse_all(text), None)


def parse_all(text: str) -> Iterator[Node]:
    """Every document of the text. Raises Unreadable."""
    try:
        parser = _Parser(text)
        try:
            while True:
                event = parser.get_event()
                if type(event) is StreamEndEvent:
                    return
                if type(event) is DocumentStartEvent:
                    yield _document(parser.get_event)
        finally:
            parser.dispose()
    except yaml.MarkedYAMLError as e:
        line = e.problem_mark.line + 1 if e.problem_mark else 1
        raise Unreadable(f"it is no YAML ({e.problem or 'error'})", line) from None
    except (yaml.YAMLError, ValueError):  # characters that YAML forbids
        raise Unreadable("it holds characters that YAML forbids", 1) from None


def _document(get_event: Any) -> Node:
    """Builds one tree without recursion: `stack` holds the open collections with their parts so far."""
    anchors: dict[str, Node | None] = {}
    stack: list[tuple[Any, list[Node]]] = []
    while True:
        event = get_event()
        kind = type(event)
        if kind is ScalarEvent:
            mark = event.start_mark
            node: Node = Scalar(event.value, mark.line + 1, mark.column + 1, event.style or "")
            if stack and event.anchor is None:  # nearly always: the shortest way
                stack[-1][1].append(node)
                continue
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            _open(event, stack, anchors)
            continue
        elif kind in _ENDS:
            event, parts = stack.pop()
            node = _ENDS[kind](event, parts)
        else:
            node = _alias(event, anchors) if kind is AliasEvent else Scalar("", 1, 1)
            event = None
        if event is not None and event.anchor:
            anchors[event.anchor] = node
        if not stack:
            return node
        stack[-1][1].append(node)


def _open(event: Any, stack: list[tuple[Any, list[Node]]], anchors: dict[str, Node | None]) -> None:
    if len(stack) >= _DEEPEST:
        raise Unreadable("it is nested too deeply", event.start_mark.line + 1)
    if event.anchor:
        anchors[event.anchor] = None
    stack.append((event, []))


def _alias(event: Any, anchors: dict[str, Node | None]) -> Node:
    node = anchors.get(event.anchor)
    if node is None:
        why = "holds itself" if event.anchor in anchors else "is not defined"
        raise Unreadable(f"its anchor &{event.anchor[:40]} {why}", event.start_mark.line + 1)
    return node


def _size(event: Any, parts: list[Node]) -> int:
    size = 1 + sum([part.size for part in parts])
    if size > _MOST_NODES:
        raise Unreadable("its aliases write out to too much", event.start_mark.line + 1)
    return size


def _sequence(event: Any, parts: list[Node]) -> Seq:
    mark = event.start_mark
    return Seq(tuple(parts), mark.line + 1, mark.column + 1, _size(event, parts))


def _mapping(event: Any, parts: list[Node]) -> Map:
    items: dict[str, tuple[Scalar, Node]] = {}
    merged: list[Node] = []
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        if type(key) is not Scalar:
            continue
        if key.text == "<<" and not key.style:
            merged += value.items if type(value) is Seq else [value]
        else:
            items[key.text] = (key, value)
    for source in merged:
        if type(source) is Map:
            for name, pair in source.items.items():
                items.setdefault(name, pair)
    mark = event.start_mark
    return Map(items, mark.line + 1, mark.column + 1, _size(event, parts))


_ENDS: dict[Any, Any] = {MappingEndEvent: _mapping, SequenceEndEvent: _sequence}
