"""What commands print of the repository's files: `cat .env | grep -v '^#' | xargs`, `sed 's/^/export /' .env`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ci_tokengate.scan.flows.shell.command import Command
from ci_tokengate.scan.flows.shell.lex import lex
from ci_tokengate.scan.flows.shell.writes import output

_WITH_PATTERN = frozenset({"grep", "egrep", "fgrep", "sed", "awk", "gawk"})
_FILTERS = _WITH_PATTERN | {"cat", "xargs", "tr", "sort", "uniq", "head", "tail", "envsubst", "cut", "tee", "dos2unix"}  # fmt: skip
_SAYS = ("echo", "printf")
_PATTERN = re.compile(r"\^?[\w=]+(?:\\?\|\^?[\w=]+)*")
"""Names and what begins with them, one or the other. What is more than that keeps all lines."""
_BARE = re.compile(r"\s*<\s*([^\s<>|;&]+)\s*")
"""`$(< .env)`"""
_PATHISH = re.compile(r"[./]|env$", re.IGNORECASE)
_NO_FILE = re.compile(r"^[\\^-]|[*|\\{}()]")

Read = Callable[[str], "str | None"]
Unseen = Callable[[str], str]
"""What stands for the text of a file that is not there."""


def printed_inside(text: str, read: Read, unseen: Unseen) -> str | None:
    """What `$(…)` or `<(…)` puts in its place; None where nothing is known of it."""
    if text[:2] not in ("$(", "<(") or not text.endswith(")"):
        return text
    inner = text[2:-1]
    if bare := _BARE.fullmatch(inner):
        path = bare[1].strip("\"'")
        found = read(path)
        return unseen(path) if found is None else found
    return printed(lex(inner), read, unseen)


def printed(commands: Sequence[Command], read: Read, unseen: Unseen) -> str | None:
    """What the commands print together; those that a pipe feeds work on what comes out of it."""
    done: list[str | None] = []
    fed: str | None = None
    for command in commands:
        text = _printed(command, fed, read, unseen)
        fed = text if command.pipe else None
        if not command.pipe:
            done.append(text)
    known = [text for text in (*done, fed) if text is not None]
    return "\n".join(known) if known else None


def _printed(command: Command, fed: str | None, read: Read, unseen: Unseen) -> str | None:
    words = command.words
    name = words[0] if words else ""
    if name == "direnv" and words[1:2] == ("export",):
        return read(".envrc")
    if name not in _FILTERS:
        return output(command) or ("" if name in _SAYS else None)
    text = fed if fed is not None else "\n".join(_files(command, read, unseen)) or command.heredoc
    if not text and fed is None:
        return None
    return _kept(words, text) if name in ("grep", "egrep", "fgrep") else text


def _files(command: Command, read: Read, unseen: Unseen) -> list[str]:
    """The texts of the files that it is given; of one that is named alone and is not there, what stands for it."""
    args = [word for word in command.words[1:] if not word.startswith("-")]
    if command.words[0] in _WITH_PATTERN:
        args = args[1:]
    texts = []
    for arg in args:
        text = read(arg)
        if text is not None:
            texts.append(text)
        elif _PATHISH.search(arg) and not _NO_FILE.search(arg):
            texts.append(unseen(arg))
    return texts


def _kept(words: Sequence[str], text: str) -> str:
    pattern = next((word for word in words[1:] if not word.startswith("-")), "")
    if not _PATTERN.fullmatch(pattern):
        return text
    wanted = [part.replace("\\", "") for part in pattern.split("|")]
    flags = "".join(word for word in words[1:] if re.fullmatch(r"-[A-Za-z]+", word))
    lines = text.split("\n")
    hits = [any(_has(line, part) for part in wanted) for line in lines]
    return "\n".join(
        line for line, hit in zip(lines, hits, strict=True) if hit is not ("v" in flags)
    )


def _has(line: str, part: str) -> bool:
    return line.startswith(part[1:]) if part.startswith("^") else part in line
