"""A word of a script with its variables put in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ci_tokengate.scan.flows.shell.quoting import DOLLAR, closing
from ci_tokengate.scan.flows.values import EMPTY, Kind, Sources, Value, either, joined

_VARIABLE = re.compile(
    r"\$\{(?:env:)?(?P<name>[A-Za-z_]\w*)(?P<op>:?[-=+?])?(?P<word>[^{}]*)\}"
    r"|\$(?:env:)?(?P<bare>[A-Za-z_]\w*)|\$\{[^{}]*\}|\$\("
)
_VAULT = re.compile(
    r"aws\s+(?:secretsmanager\s+get-secret-value|ssm\s+get-parameter\b)|gcloud\s+secrets\s+versions\s+access"
    r"|az\s+keyvault\s+secret\s+show|op\s+(?:read|item\s+get)\b|vault\s+(?:kv\s+get|read)\b|doppler\s+secrets\s+get"
    r"|infisical\s+secrets\s+get|bws\s+secret\s+get|chamber\s+read|pass\s+show|sops\s+(?:-d|--decrypt|decrypt)\b"
    r"|kubectl\s+get\s+secrets?\b"
)
"""Commands that print a secret out of a store."""

_NAMED = re.compile(r"\W+")
_DEEPEST = 4
_LONGEST = 10_000
"""Of a word with its variables put in: a script that doubles one in each line stays cheap to read."""


def expand(
    text: str,
    env: Mapping[str, Value],
    sources: Sources,
    *,
    open_names: bool = True,
    depth: int = 0,
) -> Value:
    """What the word can be. A variable that nobody set is unknown (`open_names`), or empty."""
    if "$" not in text:
        return (text.replace(DOLLAR, "$"),)
    pieces: list[Value] = []
    at = 0
    while match := _VARIABLE.search(text, at):
        pieces.append((text[at : match.start()],))
        at = match.end()
        if match.group() == "$(":
            end = closing(text, at)
            pieces.append(_substituted(text[at:end], sources))
            at = end + 1
            continue
        name = match["name"] or match["bare"]
        if not name:
            pieces.append(sources.value(Kind.OTHER, match.group()))
            continue
        pieces.append(
            _variable(name, match["op"] or "", match["word"] or "", env, sources, open_names, depth)
        )
    pieces.append((text[at:],))
    longest = max(_LONGEST, len(text))
    return tuple(t[:longest].replace(DOLLAR, "$") for t in joined(pieces))


def _variable(
    name: str,
    op: str,
    word: str,
    env: Mapping[str, Value],
    sources: Sources,
    open_names: bool,
    depth: int,
) -> Value:
    value = env.get(name)
    if value is None:
        value = sources.value(Kind.OTHER, f"${name}") if open_names else EMPTY
        if op in (":-", "-", ":=", "=") and depth < _DEEPEST:
            default = expand(word, env, sources, open_names=open_names, depth=depth + 1)
            return either(value, default) if open_names else default
    elif op in (":-", ":=") and "" in value and depth < _DEEPEST:
        default = expand(word, env, sources, open_names=open_names, depth=depth + 1)
        return either(tuple(t for t in value if t), default) or EMPTY
    return value


def _substituted(inner: str, sources: Sources) -> Value:
    """`$(…)`: unknown, but for what prints its words or a program's path, for our own key, and for a vault's secret."""
    words = inner.split()
    if any(w.endswith("ci-tokengate") for w in words) and "mint" in words:
        return sources.value(Kind.JOB_KEY, "ci-tokengate mint")
    if words[:1] in (["echo"], ["printf"]) and "|" not in inner:
        return (" ".join(words[1:]).strip("'\""),)
    if words[:2] == ["command", "-v"] or words[:1] in (["which"], ["type"]):
        found = [w for w in words[1:] if not w.startswith(("-", "2>", "|", "&", ">"))]
        return (found[0].strip("'\""),) if found else EMPTY
    if _VAULT.match(inner.strip()):
        return sources.value(Kind.SECRET, _NAMED.sub("_", inner)[:200])
    return sources.value(Kind.OTHER, "$(…)")
