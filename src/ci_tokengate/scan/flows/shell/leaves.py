"""Variables that a command leaves to others: by what it prints, into a file or as an order to Azure Pipelines, and by its arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.flows.shell.model import Ran
from ci_tokengate.scan.flows.shell.quoting import DOLLAR
from ci_tokengate.scan.flows.shell.writes import assignments, output

_OF_VARIABLES = re.compile(
    r"(?:^|/)\.?env(?:rc|\.[\w.-]+)?$|\.env(?:\.[\w-]+)?$|\bBASH_ENV\}?[\"']?$|\.(?:sh|bashrc|zshrc|profile|properties)$"
)
_BASH_ENV = re.compile(r"\bBASH_ENV\}?[\"']?$")
_EXPORT = re.compile(r"^[ \t]*export[ \t]+", re.MULTILINE)
_ORDER = re.compile(r"##vso\[task\.setvariable\s+variable=([\w.-]+)[^\]\n]{0,200}\]([^\n]*)")
_GIVEN = re.compile(r"(?:^|[,=.])([A-Z][A-Z0-9_]*)=([^,\s]+)")
_PRINT = frozenset({"echo", "printf", "write-host", "write-output", "export", "declare", "typeset", "set", "local", "readonly"})  # fmt: skip
_LONGEST = 1_000


def leaves(ran: Ran) -> Iterator[tuple[str, str]]:
    """Names and words: `echo 'export A=$B' >> "$BASH_ENV"`, `echo "A=$B" > .env`, `flyctl secrets set A=$B`, `--set-env-vars C=d,A=$B`."""
    to_file = any(_OF_VARIABLES.search(target) for target in ran.writes)
    text = output(ran.command).replace(DOLLAR, "$")
    if to_file:
        yield from assignments(_EXPORT.sub("", text))
    yield from ordered(text)
    for arg in ran.args if ran.name.lower() not in _PRINT else ():
        if "=" in arg and len(arg) < _LONGEST:
            yield from _GIVEN.findall(arg)


def for_later(ran: Ran) -> Iterator[str]:
    """The names of those that later steps of the same job see."""
    text = output(ran.command).replace(DOLLAR, "$")
    yield from (name for name, _ in ordered(text))
    if any(_BASH_ENV.search(target) for target in ran.writes):
        yield from (name for name, _ in assignments(_EXPORT.sub("", text)))


def ordered(text: str) -> list[tuple[str, str]]:
    """What a line that is printed tells Azure Pipelines to set."""
    return _ORDER.findall(text) if "task.setvariable" in text else []
