"""Changes of a text by its lines, so that comments and layout stay: what is not changed is not written anew."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ci_tokengate.scan.flows.yaml import Map, Scalar

_ANCHOR = re.compile(r":\s*[&*]\w|<<\s*:")
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")


def _shared(line: str) -> bool:
    """Whether an anchor, an alias or a merge stands on the line: what is there is used elsewhere too."""
    return bool(_ANCHOR.search(line))


@dataclass(kw_only=True)
class Edits:
    """Lines count from 1, and keep the "\\r" that they end with. before: lines to put in before a line; gone: lines to take out."""

    lines: list[str]
    before: dict[int, list[str]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)

    def insert(self, line: int, new: list[str]) -> None:
        self.before.setdefault(line, []).extend(new)

    def replace_expression(self, value: Scalar, new: str) -> bool:
        """The `${{ }}` of a one-line value. False if it is not written on its own line."""
        line = self.lines[value.line - 1]
        head, tail = line[: value.column - 1], line[value.column - 1 :]
        if value.style in ("|", ">") or not _EXPRESSION.search(tail):
            return False
        self.lines[value.line - 1] = head + _EXPRESSION.sub(lambda _: new, tail, count=1)
        return True

    def remove(self, owner: Map, owner_key: Scalar, key: Scalar, value: Scalar) -> bool:
        """One `key: value` of a block mapping, and the mapping's own line if it was the last one."""
        own = self.lines[key.line - 1]
        if (
            value.line != key.line
            or _shared(self.lines[owner_key.line - 1])
            or _shared(own)
            or value.style in ("|", ">")
            or own[: key.column - 1].strip()
            or owner.line == owner_key.line
        ):
            return False
        self.gone.add(key.line)
        if all(k.line in self.gone for k, _ in owner.items.values()):
            self.gone.add(owner_key.line)
        return True

    def replace_text(self, value: Scalar, new: str) -> bool:
        """A one-line value that is written out, with its quotes."""
        line, at = self.lines[value.line - 1], value.column - 1
        quote = value.style if value.style in ("'", '"') else ""
        old = f"{quote}{value.text}{quote}"
        if not line[at:].startswith(old):
            return False
        self.lines[value.line - 1] = line[:at] + new + line[at + len(old) :]
        return True

    def rename(self, key: Scalar, new: str) -> bool:
        """A key, where it stands plain on its line."""
        line, at = self.lines[key.line - 1], key.column - 1
        if not line[at:].startswith(f"{key.text}:"):
            return False
        self.lines[key.line - 1] = line[:at] + new + line[at + len(key.text) :]
        return True

    def add_to(self, owner: Map, owner_key: Scalar, text: str) -> None:
        """One `key: value` at the front of a mapping, block or flow."""
        line = self.lines[owner.line - 1]
        if line[owner.column - 1 : owner.column] == "{":
            rest = line[owner.column :]
            gap = "" if rest.lstrip().startswith("}") else ", "
            self.lines[owner.line - 1] = line[: owner.column] + text + gap + rest.lstrip(" ")
        else:
            self.insert(owner.line, [" " * (owner.column - 1) + text])

    def text(self) -> str:
        out: list[str] = []
        for number, line in enumerate(self.lines, 1):
            end = "\r" if self.lines[max(0, number - 2)].endswith("\r") else ""
            out += [new + end for new in self.before.get(number, [])]
            if number not in self.gone:
                out.append(line)
        return "\n".join(out)
