"""Names that strangers choose (branches, jobs, models), where GitHub renders Markdown.

Each stands in `<code>`, in which GitHub links no mention, issue or commit, and every character of
it that could be markup is an entity, which is never markup.
Source: https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references and
https://docs.github.com/get-started/writing-on-github
"""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 60
_PLAIN = frozenset(" -/.")
_SIGNS = str.maketrans(dict.fromkeys("@#<>`"))
_WWW = re.compile(r"(www)\.", re.IGNORECASE)


def code(name: str, longest: int = _LONGEST) -> str:
    """`name` as data, on one line and at most `longest` characters long.

    GitHub makes links of `www.` and of mail addresses even there, and even from entities: the one
    is without its dot, the other parted where a line may break.
    """
    text = "".join(_entity(char) for char in printable(name, longest))
    text = _WWW.sub(r"\1&#46;", text).replace("&#64;", "<wbr>&#64;")
    return f"<code>{text}</code>"


def in_title(name: str) -> str:
    """A title is never markup, but GitHub links issues and people in it: `name` loses the signs of that."""
    return printable(name).translate(_SIGNS).strip() or "?"


def printable(name: str, longest: int = _LONGEST) -> str:
    """Without controls, direction marks, joiners and line breaks; cut with an ellipsis."""
    kept = "".join(" " if c.isspace() else c for c in name if c.isspace() or _is_shown(c))
    text = _without_towers(" ".join(kept.split()))
    return (text if len(text) <= longest else text[: longest - 1] + "…") or "?"


def _is_shown(char: str) -> bool:
    """No category C: controls, formats (direction marks among them), private use, unassigned."""
    return unicodedata.category(char)[0] != "C"


def _without_towers(text: str) -> str:
    """Marks upon a letter, at most two: enough for every script, and no tower of them."""
    kept: list[str] = []
    for char in text:
        marks = [unicodedata.combining(c) > 0 for c in (*kept[-2:], char)]
        if not (len(marks) == 3 and all(marks)):
            kept.append(char)
    return "".join(kept)


def _entity(char: str) -> str:
    return char if char.isalnum() or char in _PLAIN or ord(char) > 127 else f"&#{ord(char)};"
