"""The name that a value is given to: a variable, a field, a header, a function."""

from __future__ import annotations

import re
from collections.abc import Sequence

_JUNK = b" \t\r\"'`\\()[]{}<>=:,|&@!~+*$^%;?#"
_ESCAPES = re.compile(rb"\\[nrt]|\\u00[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2}|(?:\x1b|\\033)\[[0-9;]{0,12}m")
_PRINTED = re.compile(rb"\xe2\x80[\x98-\x9f]|\xc2[\xab\xbb]|\xef\xbc\x9a")
"""Quotes as they are printed, and a wide colon."""
_SCHEME = re.compile(
    rb"(?:^|[^\w.-])((?:bearer|token|basic|apikey)[ \t+]+[\"'`]?)\Z", re.IGNORECASE
)
_WRAPPERS = re.compile(
    rb"(?:^|[^\w.-])((?:SecretStr|Secret|String|string|str|Some|bytes|char|byte|quote|text|Option|Final|const"
    rb"|\{\s*get;\s*(?:private )?(?:set|init);?|static|is|was|[Aa]s|the|[bfrnu]|return|echo|printf(?:[\s\"'`]*%s(?:\\n)?)?|-[nu]|to_owned|from|new|Optional|None|provided)[\s\"'`(<\[\]{}>=:;]*)\Z"
)
"""Types, constructors and small words between a name and its value."""
_PAIR = re.compile(
    rb"(?:name|key|property|variable)[\"']?\s{0,9}[=:]\s{0,9}[\"']?([\w.\-]{1,99})[\"']?[\s,;]{1,9}"
    rb"[\"']?[\w.]{0,20}(?:value|content|default)[\"']?\s{0,9}[=:]\s{0,9}[\"']?(?:bearer |token )?\Z",
    re.IGNORECASE,
)
"""A name and its value as two attributes: <meta name="..." content="...">."""
_VALUE = re.compile(rb"(?:value|content|default)\Z", re.IGNORECASE)
_NAME_ABOVE = re.compile(
    rb"[\s{(,-]*[\"']?[\w.]{0,20}(?:name|key|property|variable)[\"']?\s{0,9}[=:]\s{0,9}[\"']?([\w.\-]{1,99})[\"']?,?\s*\Z",
    re.IGNORECASE,
)
"""The same on two lines, as in a pod: - name: API_KEY, and below it the value."""
_LOGIN = re.compile(rb"\s(?:-u|--user)[\s=]{0,3}[\"']?(?:[\w.@-]{1,60}:)?\Z")
"""curl -u key: and curl --user name:key."""
_OPENERS = (b"(", b"[", b"{", b"=", b":", b">", b"|")
"""How a line ends whose value is on the next one."""
_FLAG = re.compile(
    rb"(?:(?:\A|[\s\[(,])[\"']--?[\w.-]{1,99}[\"'],|\A\s{0,99}-\s[\"']?--?[\w.-]{1,99}[\"']?)\Z"
)
"""An option in a list of arguments, JSON's or YAML's; its value is the next item."""
_OPTION = re.compile(rb"(?:=|\s--?[\w.-]{1,99})\Z")
"""What a line ends with that goes on after a backslash, where its value comes next."""
_AROUND = (_JUNK.replace(b"=", b"-"), _JUNK.translate(None, b"=+"))
"""What stands around a value in a list; a plus is a diff's, or the value's own."""
_IN_A_KEY = bytes(b for b in range(128) if chr(b).isalnum() or b in b"+/_-")
_IDENTIFIER = re.compile(rb"[\w.\-]+\Z")


def own_name(left: bytes, above: bytes) -> bytes:
    """By what is left of the value on its line, and the line before it.

    Where the value has a line of its own, its name stands at the end of the line before.
    """
    if pair := _PAIR.search(left[-200:]):
        return pair[1]
    if _LOGIN.search(left[-80:]):
        return b"password"
    peeled = _peeled(left)
    if not peeled.strip(_JUNK + b"-"):
        peeled = _peeled(_opening(above))
    found = _IDENTIFIER.search(peeled[-100:])
    own = found[0].lstrip(b"-.") if found else b""
    named = _NAME_ABOVE.match(above) if _VALUE.search(own) else None
    return named[1] if named else own


def said(left: bytes, above: bytes) -> bytes:
    """What says what the value is: its line; the line before, where the value has a line of its own."""
    return left if left.strip(_JUNK + b"-") else _opening(above)


def first_of_list(left: bytes, value: bytes) -> bytes:
    """Without others like the value that stand before it: NAME=value,value,"""
    while (before := left.rstrip(b" \t\"'`"))[-1:] in (b",", b";", b"|"):
        before = before[:-1].rstrip(b" \t\"'`")
        bare = before.rstrip(b"=").rstrip(_IN_A_KEY)
        if not _like(before[len(bare) :], value):
            break
        left = bare
    return left


def above_list(lines: Sequence[bytes], value: bytes) -> bytes:
    """The last line that is not just another like the value, nor an empty line of a comment."""
    return next(
        (
            line
            for line in reversed(lines)
            if line.strip(b" \t\r#*/")
            and not any(_like(line.strip(around), value) for around in _AROUND)
        ),
        b"",
    )


def _like(other: bytes, value: bytes) -> bool:
    return len(other) == len(value) or (value[:3] == b"sk-" and other[:3] == b"sk-")


def _opening(above: bytes) -> bytes:
    """The line before, if it leaves its value to the next one."""
    line = above.rstrip(b"-+")
    if line.endswith(b"\\"):
        line = line[:-1].rstrip()
        return line if _OPTION.search(line) else b""
    return line if line.endswith(_OPENERS) or _FLAG.search(line) else b""


def _peeled(left: bytes) -> bytes:
    """Without what may stand between a name and its value."""
    left = _ESCAPES.sub(b" ", left)
    if not left.isascii():
        left = _PRINTED.sub(b" ", left)
    for _ in range(6):
        between = _SCHEME.search(left[-24:]) or _WRAPPERS.search(left[-24:])
        if not between:
            break
        left = left[: len(left) - len(between[1])].rstrip(_JUNK)
    return left.rstrip(_JUNK)
