"""What a script leaves behind: lines for `$GITHUB_ENV` and `$GITHUB_OUTPUT`, and files it writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ci_tokengate.scan.flows.shell.command import Command

_LINE = re.compile(r"\s*([A-Za-z_][\w.-]*)=(.*)", re.ASCII | re.DOTALL)
_BLOCK = re.compile(r"\s*([A-Za-z_][\w.-]*)<<-?\s*(\S+)\s*$", re.ASCII)
_FORMAT = re.compile(r"%[-\d.]*[sdqb]")


def targets(command: Command, following: Command | None) -> tuple[str, ...]:
    """The files a command's output ends in, also by `| tee`."""
    found = [*command.targets]
    after = _bare(following.words) if following is not None else ()
    if command.words[:1] == ("tee",):
        found += [w for w in command.words[1:] if not w.startswith("-")]
    if command.pipe and after[:1] in (("tee",), ("Out-File",), ("Add-Content",), ("Set-Content",)):
        found += [w for w in after[1:] if not w.startswith("-")]
    if command.words[:1] in (("Add-Content",), ("Out-File",), ("Set-Content",)):
        found += [w for w in command.words[1:] if "GITHUB_" in w.upper()]
    return tuple(found)


def _bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without `sudo -E` before it."""
    nth = 0
    if words[:1] == ("sudo",):
        nth = 1
        while words[nth : nth + 1] and words[nth].startswith("-"):
            nth += 1
    return words[nth:]


def is_file(target: str, name: str) -> bool:
    """Whether a word names the runner's file `name`, in any shell's way."""
    return target.strip("\"'{}").upper().replace("{", "").replace("ENV:", "") in (
        f"${name}",
        f"%{name}%",
    )


def output(command: Command) -> str:
    """What a command prints, as far as it stands in the script."""
    words: Sequence[str] = command.words
    if command.heredoc:
        return command.heredoc
    if not words:
        return ""
    name, args = words[0], words[1:]
    if name == "echo":
        while args and args[0] in ("-e", "-n", "-E", "-en", "-ne"):
            args = args[1:]
        text = " ".join(args)
        return text.replace("\\n", "\n")
    if name == "printf" and args:
        return _printf(args[0], list(args[1:]))
    if name in ("Write-Output", "Write-Host", "Add-Content", "Out-File", "Set-Content"):
        return " ".join(a for a in args if not a.startswith("-") and "GITHUB_" not in a.upper())
    return name if _LINE.match(name) and len(words) == 1 else ""


def _printf(form: str, args: list[str]) -> str:
    form = form.replace("\\n", "\n")
    if not args:
        return form
    pieces: list[str] = []
    while args:
        before = len(args)
        pieces.append(_FORMAT.sub(lambda _: args.pop(0) if args else "", form))
        if len(args) == before:
            break
    return "".join(pieces)


def assignments(text: str) -> Iterator[tuple[str, str]]:
    """The `NAME=value` lines and `NAME<<EOF` blocks of a text for one of the runner's files."""
    lines = text.split("\n")
    nth = 0
    while nth < len(lines):
        block = _BLOCK.match(lines[nth])
        if block:
            stop = next(
                (i for i in range(nth + 1, len(lines)) if lines[i].strip() == block[2]), len(lines)
            )
            yield block[1], "\n".join(lines[nth + 1 : stop])
            nth = stop + 1
            continue
        match = _LINE.match(lines[nth])
        if match:
            yield match[1], match[2].rstrip("\r")
        nth += 1
