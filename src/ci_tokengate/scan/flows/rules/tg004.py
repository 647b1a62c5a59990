"""TG004 in a workflow: a setting or a command that dials a provider's own host."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.github.model import Act, Entry
from ci_tokengate.scan.flows.hosts import Endpoint, endpoints
from ci_tokengate.scan.flows.rules.context import Context, step_name
from ci_tokengate.scan.flows.shell.dials import code_dials, dials
from ci_tokengate.scan.flows.uses import script_place
from ci_tokengate.scan.flows.yaml import Scalar

RULE = "TG004"
_FIX = "Take this address out, so that the proxy's base URL, which the gate sets, is used."
_FIX_CALL = "Call the proxy's base URL instead, which the gate sets: `$OPENAI_BASE_URL`, `$ANTHROPIC_BASE_URL`, `$GOOGLE_GEMINI_BASE_URL`."
NO_SETTING = re.compile(
    r"allow|deny|block|docs?(?:_|$)|egress|whitelist|no_proxy|hosts$|prompt|message|body|title|descri|comment|instructions"
    r"|^name$|text|summary|notes|domains",
    re.IGNORECASE,
)
_INPUT = re.compile(r"\binputs\.([\w-]+)")
_SETTINGS = re.compile(r"settings|config|env|toml|json|yaml", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"(?:base[-_]?url|api[-_]?base|endpoint|api[-_]?url|host|_URL|uri|address|server)[\"']?\s*[:=,]?\s*[\"']?\S*$",
    re.IGNORECASE,
)


def find(context: Context) -> Iterator[Finding]:
    run = context.run
    told: set[str] = set()
    own = list(run.inputs.values())
    for entry, act in [*((e, None) for e in (*run.entries, *own)), *_entries(run.acts)]:
        yield from _entry(context, entry, act, told)
    for act in run.acts:
        if act.scalar is not None:
            yield from _script(context, act, act.scalar)


def _entries(acts: list[Act]) -> Iterator[tuple[Entry, Act]]:
    for act in acts:
        for entry in (*act.own, *act.inputs.values()):
            if entry.node is not act.scalar:
                yield entry, act


def _entry(context: Context, entry: Entry, act: Act | None, told: set[str]) -> Iterator[Finding]:
    hit = setting(entry.name, entry.value, context.repo.allowed)
    if hit is None or not isinstance(entry.node, Scalar):
        return
    if "env." in entry.node.text and hit.host in told:
        return
    if act is not None and act.inner and not _given(act, entry.node.text):
        return  # told where the action is read itself
    told.add(hit.host)
    given = act is None and entry.name.lower() in context.run.inputs
    where = step_name(act) if act is not None else "its `with:`" if given else "its environment"
    message = (
        f"Job {context.run.name!r}, {where}: `{entry.name}` leads to {hit.host}, past the proxy."
    )
    found = context.at_entry(entry, act, RULE, Level.ERROR, message, _FIX, hit.provider, hit.host)
    if found:
        yield found


def _given(act: Act, text: str) -> bool:
    """Whether a text of a composite action holds an input that its caller gave."""
    return any(name.lower() not in act.defaulted for name in _INPUT.findall(text))


def setting(name: str, value: tuple[str, ...], allowed: frozenset[str]) -> Endpoint | None:
    """The provider's host that a `name: value` dials, None if it only speaks of one."""
    for text in value:
        for hit in endpoints(text, allowed) if "." in text and not NO_SETTING.search(name) else ():
            alone = not text[: hit.start].strip(" \"'[{(") and not re.search(
                r"\s", text[hit.end :].strip()
            )
            if alone or _SETTINGS.search(name) or _ASSIGNED.search(text[: hit.start]):
                return hit
    return None


def _script(context: Context, act: Act, scalar: Scalar) -> Iterator[Finding]:
    if act.inner:
        return
    if act.script is not None and act.script.ran:
        hits = dials(act.script, act.env, context.repo.sources, context.repo.allowed)
    else:
        shell = act.node.get("shell")
        is_code = act.uses or (
            isinstance(shell, Scalar) and shell.text.startswith(("python", "node"))
        )
        hits = code_dials(scalar.text, context.repo.allowed) if is_code else iter(())
    for line, hit, sure in hits:
        words = hit.host
        place = script_place(act.file, scalar, line, words)
        level = Level.ERROR if sure else Level.NOTE
        message = f"Job {context.run.name!r}, {step_name(act)}: its script calls {hit.host} directly, past the proxy."
        if not sure:
            message = f"Job {context.run.name!r}, {step_name(act)}: its script names {hit.host}; whether it is called cannot be told."
        if act.inner:
            found = context.at_step(act, RULE, level, message, _FIX_CALL, hit.host, hit.provider)
        else:
            found = context.at(
                act.file, place, RULE, level, message, _FIX_CALL, f"{act.label}|{hit.host}", width=len(words), provider=hit.provider
            )  # fmt: skip
        if found:
            yield found
