"""TG003: a long-lived provider secret handed to a job."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.github.entries import read_entries
from ci_tokengate.scan.flows.github.gate import is_gate
from ci_tokengate.scan.flows.github.model import Act, Entry, JobRun
from ci_tokengate.scan.flows.names import PROXIES, key_of
from ci_tokengate.scan.flows.rules.arrives import level_there
from ci_tokengate.scan.flows.rules.context import Context, step_name
from ci_tokengate.scan.flows.rules.handed import (
    RULE,
    UNTOLD,
    fix_of,
    level_of,
    secrets_in,
    unseen,
    whose_key,
)
from ci_tokengate.scan.flows.rules.inherited import inherited
from ci_tokengate.scan.flows.uses import script_place
from ci_tokengate.scan.flows.values import Kind
from ci_tokengate.scan.flows.yaml import Map, Scalar


def find(context: Context) -> Iterator[Finding]:
    """Each place where a secret comes in; where it arrives by `env` only if its own line did not tell."""
    told: set[str] = set()
    for finding, names in _all(context, told):
        told.update(names)
        if finding:
            yield finding


def _all(context: Context, told: set[str]) -> Iterator[tuple[Finding | None, set[str]]]:
    run = context.run
    for entry in run.entries:
        yield _entry(context, entry, None, told)
    for act in run.acts:
        for entry in act.own:
            yield _entry(context, entry, act, told)
        if not is_gate(act.uses):
            for entry in act.inputs.values():
                yield _entry(context, entry, act, told)
        yield from _script(context, act, told)
    if run.uses:
        yield from _called(context)


def _entry(
    context: Context, entry: Entry, act: Act | None, told: set[str]
) -> tuple[Finding | None, set[str]]:
    secret = next(
        (s for s in context.repo.sources.of(entry.value) if s.kind in (Kind.SECRET, Kind.VAR)), None
    )
    if secret is None:
        return _untold(context, entry, act), set()
    whose, names = whose_key(context, entry, act)
    if not whose and "*" in names:
        return _all_of_them(context, entry, act), set()
    if not whose or (names <= told and _by_env(entry)):
        return None, set()
    if act is not None and act.inner and _by_env(entry, "inputs.") and names <= told:
        return None, set()
    return _finding(context, entry, act, whose, names), names


def _all_of_them(context: Context, entry: Entry, act: Act | None) -> Finding | None:
    """`toJSON(secrets)`, or a secret whose name only the run knows."""
    message = f"Job {context.run.name!r}: `{entry.name}` may hold any secret; whether it is a provider's cannot be told."
    return context.at_entry(
        entry, act, RULE, Level.NOTE, message, "Name the secrets that it needs."
    )


def _untold(context: Context, entry: Entry, act: Act | None) -> Finding | None:
    """A key's variable or input that gets what only the run knows."""
    if not key_of(entry.name) or _by_env(entry) or not unseen(context.repo.sources, entry.value):
        return None
    where = step_name(act) if act is not None else _scope(context.run, entry)
    message = f"Job {context.run.name!r}, {where}: `{entry.name}` {UNTOLD}."
    fix = fix_of(context, act, is_input=_is_input(entry, act))
    return context.at_entry(entry, act, RULE, Level.NOTE, message, fix)


def _by_env(entry: Entry, context: str = "env.") -> bool:
    return (
        isinstance(entry.node, Scalar)
        and context in entry.node.text
        and "secrets" not in entry.node.text
    )


def _finding(
    context: Context, entry: Entry, act: Act | None, whose: str, names: set[str]
) -> Finding | None:
    level, proxied = level_there(context, act, whose, names)
    where = step_name(act) if act is not None else _scope(context.run, entry)
    says = _says(level, proxied, whose)
    message = f"Job {context.run.name!r}, {where}: `{entry.name}` {says}."
    words = next((name for name in _spellings(context, entry) if name in _text(entry)), "")
    fix = fix_of(context, act, is_input=_is_input(entry, act))
    return context.at_entry(entry, act, RULE, level, message, fix, whose, words)


def _is_input(entry: Entry, act: Act | None) -> bool:
    return act is not None and bool(act.uses) and entry in act.inputs.values()


def _text(entry: Entry) -> str:
    return entry.node.text if isinstance(entry.node, Scalar) else ""


def _spellings(context: Context, entry: Entry) -> Iterator[str]:
    for source in context.repo.sources.of(entry.value):
        if source.kind in (Kind.SECRET, Kind.VAR):
            yield from (source.name, source.name.lower())


def _scope(run: JobRun, entry: Entry) -> str:
    return "its environment" if entry.key.line >= run.key.line else "the workflow's environment"


def _says(level: Level, proxied: bool, whose: str) -> str:
    if level is Level.NOTE:
        return (
            "is a Hugging Face token; whether it calls models or only downloads them cannot be told"
        )
    if whose in PROXIES:
        return "is a long-lived key of the proxy where a job key belongs"
    if proxied:
        return "is a long-lived secret where a job key belongs, though its base URL is the proxy's"
    return "is a provider's long-lived secret, with no proxy base URL in effect"


def _script(
    context: Context, act: Act, told: set[str]
) -> Iterator[tuple[Finding | None, set[str]]]:
    """Secrets put into a script by `${{ }}`, and variables of it that are set to one."""
    if act.scalar is None:
        return
    direct = [name for name in secrets_in(act.scalar.text) if key_of(name)]
    for name in direct:
        yield (
            _in_script(
                context, act, act.scalar, name, key_of(name), _line_of(act.scalar.text, name)
            ),
            {name},
        )
    for line, target, value in act.script.sets if act.script else ():
        whose = key_of(target)
        names = {
            s.name for s in context.repo.sources.of(value) if s.kind in (Kind.SECRET, Kind.VAR)
        }
        if whose and names and not names & (told | {n.upper() for n in direct}):
            yield _in_script(context, act, act.scalar, target, whose, line), names
        elif whose and not names and not direct and unseen(context.repo.sources, value):
            yield _in_script(context, act, act.scalar, target, whose, line, UNTOLD), set()


def _line_of(text: str, name: str) -> int:
    return text.lower()[: max(text.lower().find(name.lower()), 0)].count("\n")


def _in_script(
    context: Context, act: Act, scalar: Scalar, name: str, whose: str, line: int, untold: str = ""
) -> Finding | None:
    level, proxied = (Level.NOTE, False) if untold else level_of(context, act, whose)
    says = untold or _says(level, proxied, whose)
    message = f"Job {context.run.name!r}, {step_name(act)}: `{name.upper()}` {says}."
    fix = fix_of(context, act)
    if act.inner:
        return context.at_step(act, RULE, level, message, fix, name, whose)
    file_line = (
        act.file.line(scalar.line + 1 + line)
        if scalar.style in ("|", ">")
        else act.file.line(scalar.line)
    )
    words = next((w for w in (name, name.upper(), name.lower()) if w in file_line), "")
    place = script_place(act.file, scalar, line, words)
    return context.at(
        act.file, place, RULE, level, message, fix, name, width=len(name), provider=whose
    )


def _called(context: Context) -> Iterator[tuple[Finding | None, set[str]]]:
    """`with:` and `secrets:` of a job that calls a workflow."""
    run = context.run
    for entry in run.inputs.values():
        yield _entry(context, entry, None, set())
    node = run.node.get("secrets")
    if isinstance(node, Map):
        for entry in read_entries(run.file, node, run.scope):
            yield _entry(context, entry, None, set())
    elif isinstance(node, Scalar) and node.text == "inherit":
        yield inherited(context, node), set()
