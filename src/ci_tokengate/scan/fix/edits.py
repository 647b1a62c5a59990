"""Changes of a text by its spans, so that comments and layout stay: what is not changed is not written anew.

A round trip through a YAML library keeps comments, but not odd indentation, blanks or line ends; this keeps all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ci_tokengate.scan.fix.flow import without
from ci_tokengate.scan.flows.yaml import Map, Scalar

_ANCHOR = re.compile(r":\s*[&*]\w|<<\s*:")
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
_BLOCK = ("|", ">")


def _shared(line: str) -> bool:
    """Whether an anchor, an alias or a merge stands on the line: what is there is used elsewhere too."""
    return bool(_ANCHOR.search(line))


@dataclass(kw_only=True)
class Edits:
    """Lines count from 1, and keep the "\\r" that they end with; columns are those of the text before all changes.

    before: lines to put in before a line. gone: lines to take out. spans: start, end and new text, by line.
    flows: what is taken out of one-line mappings, by the line and column of their bracket.
    """

    lines: list[str]
    before: dict[int, list[str]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    spans: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)
    flows: dict[tuple[int, int], tuple[Map, set[str]]] = field(default_factory=dict)
    added: set[tuple[int, int, str]] = field(default_factory=set)

    def insert(self, line: int, new: list[str]) -> None:
        self.before.setdefault(line, []).extend(new)

    def put(self, line: int, at: int, new: str) -> None:
        """A text into a line, at a column that counts from 0."""
        self._put(line, at, at, new)

    def _put(self, line: int, start: int, end: int, new: str) -> None:
        self.spans.setdefault(line, []).append((start, end, new))

    def replace_expression(self, value: Scalar, new: str) -> bool:
        """The first `${{ }}` of a value. False if it cannot be seen where it is written."""
        block = value.style in _BLOCK
        last = value.line + 1 + value.text.count("\n") if block else value.line
        for number in range(value.line + block, min(last, len(self.lines)) + 1):
            found = _EXPRESSION.search(
                self.lines[number - 1], 0 if number > value.line else value.column - 1
            )
            if found:
                self._put(number, *found.span(), new)
                return True
        return False

    def remove(self, owner: Map, owner_key: Scalar, key: Scalar, value: Scalar) -> bool:
        """One `key: value` of a mapping, and the mapping's own line if it was the last one."""
        own = self.lines[key.line - 1]
        if value.line != key.line or value.style in _BLOCK or _shared(own):
            return False
        if own[owner.column - 1 : owner.column] == "{" and owner.line == key.line:
            return self._out_of_flow(owner, owner_key, key)
        if (
            _shared(self.lines[owner_key.line - 1])
            or own[: key.column - 1].strip()
            or owner.line == owner_key.line
        ):
            return False
        self.gone.add(key.line)
        if all(k.line in self.gone for k, _ in owner.items.values()):
            self.gone.add(owner_key.line)
        return True

    def _out_of_flow(self, owner: Map, owner_key: Scalar, key: Scalar) -> bool:
        line = self.lines[owner.line - 1]
        _, names = self.flows.setdefault((owner.line, owner.column), (owner, set()))
        if without(line, owner, {*names, key.text}) is None:
            return False
        names.add(key.text)
        alone = not line[: owner_key.column - 1].strip() and owner_key.line == owner.line
        if alone and len(names) == len(owner.items):
            self.gone.add(owner.line)
        return True

    def replace_text(self, value: Scalar, new: str) -> bool:
        """A one-line value that is written out, with its quotes."""
        line, at = self.lines[value.line - 1], value.column - 1
        quote = value.style if value.style in ("'", '"') else ""
        old = f"{quote}{value.text}{quote}"
        if not line[at:].startswith(old):
            return False
        self._put(value.line, at, at + len(old), new)
        return True

    def rename(self, key: Scalar, new: str) -> bool:
        """A key, where it stands plain on its line."""
        line, at = self.lines[key.line - 1], key.column - 1
        if not line[at:].startswith(f"{key.text}:"):
            return False
        self._put(key.line, at, at + len(key.text), new)
        return True

    def add_to(self, owner: Map, text: str) -> None:
        """One `key: value` at the front of a mapping, block or flow."""
        line = self.lines[owner.line - 1]
        if line[owner.column - 1 : owner.column] == "{":
            rest = line[owner.column :]
            gap = "" if rest.lstrip().startswith("}") else ", "
            blank = len(rest) - len(rest.lstrip(" "))
            self._put(owner.line, owner.column, owner.column + blank, text + gap)
        else:
            self.insert(owner.line, [" " * (owner.column - 1) + text])

    def add_once(self, owner: Map, text: str) -> bool:
        """False where it is added already: two jobs may share the mapping."""
        place = (owner.line, owner.column, text)
        if place in self.added:
            return False
        self.added.add(place)
        self.add_to(owner, text)
        return True

    def text(self) -> str:
        for owner, names in self.flows.values():
            for start, end in without(self.lines[owner.line - 1], owner, names) or ():
                self._put(owner.line, start, end, "")
        out: list[str] = []
        for number, line in enumerate(self.lines, 1):
            eol = "\r" if self.lines[max(0, number - 2)].endswith("\r") else ""
            out += [new + eol for new in self.before.get(number, [])]
            if number not in self.gone:
                out.append(self._line(number, line))
        return "\n".join(out)

    def _line(self, number: int, line: str) -> str:
        """From the right to the left, so that no change moves another's place."""
        for start, end, new in sorted(self.spans.get(number, ()), reverse=True):
            line = line[:start] + new + line[end:]
        return line
