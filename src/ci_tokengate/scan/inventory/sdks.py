"""SDKs in code, by import and constructor: Python, TypeScript and JavaScript, Go, Java and its kin, Ruby.

A constructor counts only in a file that names its package, so that a class of the same name is none.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cache

from ci_tokengate.scan.flows.files import comment_of
from ci_tokengate.scan.flows.hosts import endpoints
from ci_tokengate.scan.flows.leads import Lead, leads
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.inventory.model import Call, Verdict
from ci_tokengate.scan.inventory.table import SDKS, Sdk

_WINDOW = 800
"""Characters after a constructor in which its arguments are looked for."""

_BASE = re.compile(
    r"(?:base_?url|api_?base|openai_api_base|anthropic_api_url|endpoint|uri_base|server_?url|api_?host)"
    r"[\\\"']*\s*(?:=>|[:=(])+\s*(?P<value>[^,)}\n]+)",
    re.IGNORECASE,
)
_SET = re.compile(
    r"\b\w*(?:openai|anthropic|litellm|config|cfg|conf|client|options)\w*\.(?:api_?base|base_?url)\s*[:=(]+\s*(?P<value>[^,;)\n]+)",
    re.IGNORECASE,
)
"""A base URL that is set beside the constructor, such as Go's `config.BaseURL = …`."""
_NEW = {".py": r"(?<![\w.])(?:[A-Za-z_]\w*\.)?", ".java": r"(?<![\w.])(?:new\s+)?(?:\w+\.)*"}
"""What stands before a constructor, by the first ending of its language; Kotlin has no `new`."""
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_QUOTES = " \t\r\"'`\\;"


def constructed(repo: Repository, file: File) -> Iterator[tuple[Call, range]]:
    """Each constructor, judged by the base URL among its arguments; with the lines that both stand on."""
    told: set[int] = set()
    comment = comment_of(file.path)
    for sdk in _of_ending(posixpath.splitext(file.path)[1]):
        if not sdk.is_in(file.text):
            continue
        for match in _calls(sdk, file.text).finditer(file.text):
            line = file.text.count("\n", 0, match.start()) + 1
            begin = file.line(line).lstrip(' "')
            if begin.startswith((comment, "*", "/*", "import ", "from ")) or match.start() in told:
                continue
            told.add(match.start())
            arguments = _arguments(file.text, match.end())
            verdict, why = _judged(repo, sdk, arguments, file.text)
            call = Call(
                path=file.path, line=line, what=sdk.name, where="code", verdict=verdict, why=why
            )
            yield call, range(line, line + match[0].count("\n") + arguments.count("\n") + 1)


@cache
def _of_ending(ending: str) -> tuple[Sdk, ...]:
    return tuple(sdk for sdk in SDKS if ending in sdk.endings)


def _calls(sdk: Sdk, text: str) -> re.Pattern[str]:
    """The constructors as this file names them."""
    names = sdk.names
    if names:
        aliases = re.findall(rf"\b(?:{names})\s*(?:\bas\b|:)\s*([A-Za-z_]\w*)", text)
        names = "|".join([names, *map(re.escape, aliases)])
    if sdk.default:
        imported = rf"(?:import\s+(\w+)(?:\s*,\s*\{{[^}}]*\}})?\s+from|(\w+)\s*=\s*(?:await\s+)?(?:require|import)\()\s*{sdk.package}"
        given = {name for pair in re.findall(imported, text) for name in pair if name}
        names = "|".join([names, *map(re.escape, sorted(given))])
    new = _NEW.get(sdk.endings[0], r"\bnew\s+(?:\w+\.)*")
    parts = ([rf"{new}(?:{names})"] if names else []) + ([sdk.calls] if sdk.calls else [])
    after = "" if sdk.endings[0] == ".rb" else r"(?:(?:<[\w\s,.<>]*>)?\s*\(|(?<=[\"']))"
    return re.compile(rf"(?<!class )(?<!def )(?<!function )(?:{'|'.join(parts)}){after}")


def _arguments(text: str, at: int) -> str:
    """What stands up to the closing bracket and what is chained to it, or the end of the window."""
    depth, end = 1, at
    for end in range(at, min(at + _WINDOW, len(text))):
        depth += text[end] in "([{"
        depth -= text[end] in ")]}"
        if (
            text[end] in ")]}"
            and depth == 0
            and not text[end + 1 : end + 80].lstrip().startswith(".")
        ):
            break
    return text[at : end + 1]


def _judged(repo: Repository, sdk: Sdk, arguments: str, text: str) -> tuple[Verdict, str]:
    if sdk.cloud:
        return Verdict.DIRECT, "it reaches the cloud's own endpoint"
    hit = next(endpoints(arguments, repo.allowed), None)
    if hit:
        return Verdict.DIRECT, f"its base URL is {hit.host}"
    base = _BASE.search(arguments) or _SET.search(text)
    if base is None:
        return Verdict.UNKNOWN, "the environment says where it calls"
    value = base["value"].strip(_QUOTES)
    if _NAME.fullmatch(value):
        value = _constant(value, text) or value
    if not value.startswith("http"):
        return Verdict.UNKNOWN, f"its base URL is {value[:60]}"
    return judged_url(repo, value)


def judged_url(repo: Repository, url: str) -> tuple[Verdict, str]:
    """Only a policy, or an allowed host, says what the proxy is."""
    lead, host = leads((url,), repo)
    if lead is Lead.PROXY and (repo.hosts or not host or host in repo.allowed):
        return Verdict.PROXIED, f"its base URL is {host}"
    if lead is Lead.PROVIDER:
        return Verdict.DIRECT, f"its base URL is {host}"
    if lead is Lead.OTHER:
        return Verdict.DIRECT, f"its base URL is {host}, which is not the proxy"
    if not host:
        return Verdict.UNKNOWN, "only the run knows its base URL"
    return Verdict.UNKNOWN, f"its base URL is {host}; no policy says whether that is the proxy"


def _constant(name: str, text: str) -> str:
    """The URL that a name is given in the same file; "" if there is none, or more than one."""
    given = rf"\b{re.escape(name)}\b\s*(?::\s*[\w<>.]+\s*)?:?=\s*\\?[\"'`](https?://[^\"'`\\\s]+)"
    found = set(re.findall(given, text))
    return found.pop() if len(found) == 1 else ""
