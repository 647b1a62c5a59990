"""TG003: a long-lived provider secret handed to a job."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.agents.actions import action_of
from ci_tokengate.scan.flows.github.expressions import Tree, parts
from ci_tokengate.scan.flows.github.gate import is_gate
from ci_tokengate.scan.flows.github.model import Act, Entry, JobRun
from ci_tokengate.scan.flows.names import PROXIES, is_generic_key, key_of, secret_of
from ci_tokengate.scan.flows.rules.base_urls import in_job, in_step
from ci_tokengate.scan.flows.rules.context import Context, step_name
from ci_tokengate.scan.flows.uses import script_place
from ci_tokengate.scan.flows.values import Kind, Source
from ci_tokengate.scan.flows.yaml import Map, Scalar

RULE = "TG003"
_FIX = "Put the ci-tokengate step before it and use the job key; the only secret is the gate's `proxy-key`."
_MODEL_HUB = "huggingface"


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
        return None, set()
    whose, names = _whose(context, entry, act)
    if not whose and "*" in names:
        return _all_of_them(context, entry, act), set()
    if not whose or (names <= told and _by_env(entry)):
        return None, set()
    if act is not None and act.inner and _by_env(entry, "inputs.") and names <= told:
        return None, set()
    return _finding(context, entry, act, whose), names


def _all_of_them(context: Context, entry: Entry, act: Act | None) -> Finding | None:
    """`toJSON(secrets)`, or a secret whose name only the run knows."""
    message = f"Job {context.run.name!r}: `{entry.name}` may hold any secret; whether it is a provider's cannot be told."
    return context.at_entry(
        entry, act, RULE, Level.NOTE, message, "Name the secrets that it needs."
    )


def _whose(context: Context, entry: Entry, act: Act | None) -> tuple[str, set[str]]:
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


def _by_env(entry: Entry, context: str = "env.") -> bool:
    return (
        isinstance(entry.node, Scalar)
        and context in entry.node.text
        and "secrets" not in entry.node.text
    )


def _finding(context: Context, entry: Entry, act: Act | None, whose: str) -> Finding | None:
    level, proxied = _level(context, act, whose)
    where = step_name(act) if act is not None else _scope(context.run, entry)
    says = _says(level, proxied, whose)
    message = f"Job {context.run.name!r}, {where}: `{entry.name}` {says}."
    return context.at_entry(entry, act, RULE, level, message, _FIX, whose)


def _scope(run: JobRun, entry: Entry) -> str:
    return "its environment" if entry.key.line >= run.key.line else "the workflow's environment"


def _level(context: Context, act: Act | None, whose: str) -> tuple[Level, bool]:
    if whose == _MODEL_HUB:
        return Level.NOTE, False
    proxied = in_step(context, act, whose) if act is not None else in_job(context, whose)
    return (Level.WARNING if proxied or whose in PROXIES else Level.ERROR), proxied


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
    direct = [name for name in _secrets_in(act.scalar.text) if key_of(name)]
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


def _line_of(text: str, name: str) -> int:
    return text.lower()[: max(text.lower().find(name.lower()), 0)].count("\n")


def _in_script(
    context: Context, act: Act, scalar: Scalar, name: str, whose: str, line: int
) -> Finding | None:
    level, proxied = _level(context, act, whose)
    message = f"Job {context.run.name!r}, {step_name(act)}: `{name.upper()}` {_says(level, proxied, whose)}."
    if act.inner:
        return context.at_step(act, RULE, level, message, _FIX, name, whose)
    file_line = (
        act.file.line(scalar.line + 1 + line)
        if scalar.style in ("|", ">")
        else act.file.line(scalar.line)
    )
    words = next((w for w in (name, name.upper(), name.lower()) if w in file_line), "")
    place = script_place(act.file, scalar, line, words)
    return context.at(
        act.file, place, RULE, level, message, _FIX, name, width=len(name), provider=whose
    )


def _secrets_in(text: str) -> list[str]:
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


def _called(context: Context) -> Iterator[tuple[Finding | None, set[str]]]:
    """`with:` and `secrets:` of a job that calls a workflow."""
    run = context.run
    for entry in run.inputs.values():
        yield _entry(context, entry, None, set())
    node = run.node.get("secrets")
    if isinstance(node, Map):
        from ci_tokengate.scan.flows.github.walk import read_entries

        for entry in read_entries(run.file, node, run.scope):
            yield _entry(context, entry, None, set())
    elif isinstance(node, Scalar) and node.text == "inherit":
        yield _inherited(context, node), set()


def _inherited(context: Context, node: Scalar) -> Finding | None:
    run = context.run
    place = (node.line, node.column)
    if not run.callee_known:
        message = f"Job {run.name!r} hands all secrets to {run.uses}; whether it uses a provider's cannot be told."
        fix = "Name the secrets that it needs."
        return context.at(
            run.file, place, RULE, Level.NOTE, message, fix, "inherit", width=len(node.text)
        )
    used = [(job, name) for job in _jobs(run) for name in sorted(_used(job, context))]
    if not used:
        return None
    levels = [_level(_context_of(context, job), None, key_of(name) or "llm") for job, name in used]
    level = Level.ERROR if any(found is Level.ERROR for found, _ in levels) else Level.WARNING
    message = f"Job {run.name!r} hands all secrets to {run.uses}, which uses `{used[0][1]}`."
    return context.at(run.file, place, RULE, level, message, _FIX, "inherit", width=len(node.text))


def _jobs(run: JobRun) -> Iterator[JobRun]:
    for job in run.callee:
        yield job
        yield from _jobs(job)


def _context_of(context: Context, run: JobRun) -> Context:
    from ci_tokengate.scan.flows.uses import agent_uses

    return Context(repo=context.repo, run=run, uses=agent_uses(run, context.repo))


def _used(run: JobRun, context: Context) -> set[str]:
    """The provider secrets that a job takes."""
    found: set[str] = set()
    entries = [(e, None) for e in run.entries] + [
        (e, act)
        for act in run.acts
        if not is_gate(act.uses)
        for e in (*act.own, *act.inputs.values())
    ]
    for entry, act in entries:
        whose, names = _whose(context, entry, act)
        if whose:
            found |= names
    for act in run.acts:
        if act.scalar is not None:
            found |= {name for name in _secrets_in(act.scalar.text) if key_of(name)}
    return found
