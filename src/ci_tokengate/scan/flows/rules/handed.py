"""What TG003 asks of a value: is it a provider's long-lived secret, and how much does it weigh here?"""

from __future__ import annotations

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.flows.agents.actions import action_of
from ci_tokengate.scan.flows.github.expressions import Tree, parts
from ci_tokengate.scan.flows.github.model import Act, Entry
from ci_tokengate.scan.flows.names import PROXIES, is_generic_key, key_of, secret_of
from ci_tokengate.scan.flows.rules.base_urls import in_job, in_step
from ci_tokengate.scan.flows.rules.context import Context
from ci_tokengate.scan.flows.values import Kind, Source, Sources, Value

RULE = "TG003"
FIX = "Put the ci-tokengate step before it and use the job key; the only secret is the gate's `proxy-key`."
_HAVE_GATE = "Take it out: the gate's step sets the job key for all later steps."
_GIVE = "Give it `${{{{ steps.{gate}.outputs.key }}}}`, with `export: both` at the gate's step."
UNTOLD = "is filled when it runs; whether with a provider's long-lived secret cannot be told"
_MODEL_HUB = "huggingface"


def fix_of(context: Context, act: Act | None, *, is_input: bool = False) -> str:
    """What to do about a secret: where a gate stands before it, there is a job key already."""
    gates = [gate for gate in (act.gates if act is not None else context.run.gates) if gate.mints]
    if not gates:
        return FIX
    return _GIVE.format(gate=gates[-1].id or "gate") if is_input else _HAVE_GATE


def whose_key(context: Context, entry: Entry, act: Act | None) -> tuple[str, set[str]]:
    """The provider, by the name of what is set or of the secret; and the secrets' names."""
    found = [s for s in context.repo.sources.of(entry.value) if s.kind in (Kind.SECRET, Kind.VAR)]
    names = {s.name for s in found}
    by_target = key_of(entry.name)
    if by_target:
        return by_target, names
    if act is not None and act.uses and action_of(act.uses) and is_generic_key(entry.name):
        return action_of(act.uses).agent.provider or "llm", names  # type: ignore[union-attr]
    return next((whose for s in found if (whose := _named(s))), ""), names


def _named(secret: Source) -> str:
    return (secret_of if secret.kind is Kind.SECRET else key_of)(secret.name)


def level_of(context: Context, act: Act | None, whose: str) -> tuple[Level, bool]:
    if whose == _MODEL_HUB:
        return Level.NOTE, False
    proxied = in_step(context, act, whose) if act is not None else in_job(context, whose)
    return (Level.WARNING if proxied or whose in PROXIES else Level.ERROR), proxied


def unseen(sources: Sources, value: Value) -> bool:
    """Whether a value comes from where only the run sees it: a file, a command, a step that nobody here knows."""
    return sources.has(value, Kind.OTHER) and not sources.has(
        value, Kind.JOB_KEY, Kind.PROXY, Kind.TOKEN
    )


def secrets_in(text: str) -> list[str]:
    """The secrets and vars whose value, not only whose presence, gets into a text."""
    found: list[str] = []
    for part in parts(text) if "${{" in text else ():
        if not isinstance(part, str):
            _values(part, found)
    return list(dict.fromkeys(found))


def _values(tree: Tree, found: list[str]) -> None:
    if tree[0] == "path" and tree[1][0] in ("secrets", "vars") and len(tree[1]) == 2:
        found.append(tree[1][1].upper())
    elif tree[0] in ("or", "and"):
        for branch in tree[1] if tree[0] == "or" else tree[1][-1:]:
            _values(branch, found)
    elif tree[0] == "call" and tree[1] in ("format", "tojson", "join"):
        for branch in tree[2]:
            _values(branch, found)
