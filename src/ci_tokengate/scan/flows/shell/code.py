"""Python and JavaScript in a step: what it writes for later steps, and the agents it starts. By their form alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.flows.values import Kind, Sources, Value

_EXPORT = re.compile(
    r"exportVariable\(\s*['\"](\w+)['\"]\s*,\s*(?:['\"`]([^'\"`\n]*)['\"`]|([^)\n]*))"
)
_LINE = re.compile(r"f?['\"](\w+)=([^'\"\n\\]*)")
_STARTS = re.compile(
    r"(?:subprocess\.(?:run|call|check_call|check_output|Popen|getoutput)|\bsystem|\bpopen|pexpect\.(?:run|spawn)"
    r"|\b(?:run|call|check_call|check_output|Popen)(?=\s*\(\s*\[)"
    r"|create_subprocess_(?:exec|shell)|\bexeca(?:Sync|Command(?:Sync)?)?"
    r"|\bexec\.(?:exec|getExecOutput)|\b(?:exec|execFile|spawn)(?:Sync)?|\$)\s*(?:\(|(?=`))"
)
_QUOTED = re.compile(
    r"\s*,?\s*\[?\s*[rf]?(?:'([^'\n]{0,500})'|\"([^\"\n]{0,500})\"|`([^`]{0,500})`)"
)


_LIST = re.compile(
    r"^[ \t]*(?:const |let |var )?(\w+)(?:[ \t]*:[^=\n]{1,80})?[ \t]*=[ \t]*(?=\[)", re.MULTILINE
)
_NAME = re.compile(r"\s*(\w+)\s*[,)]")
"""`subprocess.run(command)`, of a list that was written down before."""


def code_writes(text: str, sources: Sources) -> Iterator[tuple[str, Value]]:
    """`NAME=value` written to GITHUB_ENV by Python, and `core.exportVariable` of github-script."""
    for match in _EXPORT.finditer(text):
        yield match[1], (match[2],) if match[2] is not None else sources.value(Kind.OTHER, match[3])
    if "GITHUB_ENV" in text:
        for match in _LINE.finditer(text):
            plain = "{" not in match[2]
            yield match[1], (match[2],) if plain else sources.value(Kind.OTHER, match[2])


def code_starts(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line from 0, and the words of each command that the code starts, as far as they are written out."""
    lists = {match[1]: match.end() for match in _LIST.finditer(text)}
    for start in _STARTS.finditer(text):
        line_start = text.rfind("\n", 0, start.start()) + 1
        if text[line_start : start.start()].lstrip().startswith(("#", "//")):
            continue
        words: list[str] = []
        at = start.end()
        if (named := _NAME.match(text, at)) and named[1] in lists:
            at = lists[named[1]]
        while (match := _QUOTED.match(text, at)) and len(words) < 40:
            words.append(next(g for g in match.groups() if g is not None))
            at = match.end()
        if words:
            if " " in words[0]:
                words = words[0].split()
            yield text.count("\n", 0, start.start()), words
