"""TG003 and TG004 in the other CI systems and in Compose files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.names import PROXIES, key_of
from ci_tokengate.scan.flows.pipelines.environment import REFERENCE, environment, read, value_of
from ci_tokengate.scan.flows.pipelines.graph import Around
from ci_tokengate.scan.flows.pipelines.units import Unit, shown, units
from ci_tokengate.scan.flows.pipelines.variables import Variable
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules.base_urls import calls_proxy, given_proxy, has_base
from ci_tokengate.scan.flows.rules.tg004 import setting
from ci_tokengate.scan.flows.shell.dials import code_dials, dials
from ci_tokengate.scan.flows.shell.leaves import for_later
from ci_tokengate.scan.flows.shell.model import Ran, Script
from ci_tokengate.scan.flows.shell.passed import passed_on
from ci_tokengate.scan.flows.uses import script_place
from ci_tokengate.scan.flows.values import Kind as From
from ci_tokengate.scan.flows.values import Value
from ci_tokengate.scan.flows.yaml import Map, Scalar

_FIX_KEY = "Let `ci-tokengate mint` or `ci-tokengate run` give this job a key of its own."
_FIX_HOST = "Let the base URL be the proxy's."
_ASKS = ("test", "[", "[[")
"""These only ask whether a variable is set: a job may do so to be sure that it has no key."""

_PROXY_IMAGE = re.compile(
    r"litellm|portkey|llm-?gateway|llm-?proxy|ai-?gateway|bifrost|kong", re.IGNORECASE
)


def check_pipeline(
    repo: Repository, file: File, kind: Kind, documents: list[Map], around: Around | None = None
) -> Iterator[Finding]:
    """One file, with what the pipeline around it hands to it."""
    before: dict[int, dict[str, Value]] = {}
    for unit in units(kind, documents, around):
        for found in _unit(repo, file, unit, before):
            if found:
                yield found


def _unit(
    repo: Repository, file: File, unit: Unit, before: dict[int, dict[str, Value]]
) -> Iterator[Finding | None]:
    env = environment(repo, file, unit, before)
    scripts = [(s, read(repo, s, env)) for s in unit.scripts]
    inputs = [Variable(name=k.text, at=shown(k, v), text=v.text) for k, v in unit.inputs]
    effective = {
        **env,
        **{v.name: value_of(repo, v) for v in inputs},
        **{name: value for _, script in scripts for _, name, value in script.sets},
    }
    for _, script in scripts:
        left = {name for ran in script.ran for name in for_later(ran)}
        unit.later.update((name, value) for _, name, value in script.sets if name in left)
    calls = given_proxy(repo, [v.text for _, v in unit.inputs]) or any(
        calls_proxy(repo, script) for _, script in scripts
    )
    for variable in (*unit.written, *inputs):
        yield _address(repo, file, unit, variable)
        yield _secret(repo, file, unit, variable, effective, calls=calls)
    for secret in unit.secrets:
        whose = key_of(secret.text)
        if whose and not _PROXY_IMAGE.search(unit.image):
            place = secret.line, secret.column
            yield _told(repo, file, unit, secret.text, whose, place, effective, calls=calls)
    for scalar, script in scripts:
        yield from _script(repo, file, unit, scalar, script, effective)


def _address(repo: Repository, file: File, unit: Unit, variable: Variable) -> Finding | None:
    hit = setting(variable.name, (variable.text or "",), repo.allowed)
    if hit is None:
        return None
    message = f"{_where(unit)}: `{variable.name}` leads to {hit.host}, past the proxy."
    return file.finding(
        "TG004", Level.ERROR, (variable.at.line, variable.at.column), len(variable.at.text), message,
        evidence=f"{unit.name}|{variable.name}|{hit.host}", fix=_FIX_HOST, provider=hit.provider,
    )  # fmt: skip


def _secret(
    repo: Repository,
    file: File,
    unit: Unit,
    variable: Variable,
    env: dict[str, Value],
    *,
    calls: bool,
) -> Finding | None:
    """A variable with a key's name that is filled from elsewhere, or one filled from a key's variable."""
    if variable.text is not None and not REFERENCE.search(variable.text):
        return None
    named = [name for m in REFERENCE.finditer(variable.text or "") for name in m.groups() if name]
    if any(_minted(repo, unit, name) for name in named):
        return None
    whose = key_of(variable.name) or next(
        (w for name in named if (w := key_of(name.replace(".", "_")))), ""
    )
    if not whose or _PROXY_IMAGE.search(unit.image):
        return None
    place = variable.at.line, variable.at.column
    return _told(repo, file, unit, variable.name, whose, place, env, calls=calls)


def _minted(repo: Repository, unit: Unit, name: str) -> bool:
    """Whether a step before it has put the job key into this variable; an output has its step's name before it."""
    value = unit.later.get(name.rpartition(".")[2], ())
    return repo.sources.has(value, From.JOB_KEY) and not repo.sources.has(value, From.SECRET)


def _is_proxied(repo: Repository, unit: Unit, whose: str, env: dict[str, Value]) -> bool:
    """Also where all jobs that take from a hidden one, or from the whole file, have the base URL that it has not."""
    if has_base(env, whose, repo):
        return True
    taken = [{n: value_of(repo, v) for n, v in job.items()} for job in unit.users]
    return bool(taken) and all(has_base({**env, **job}, whose, repo) for job in taken)


def _told(
    repo: Repository,
    file: File,
    unit: Unit,
    name: str,
    whose: str,
    place: tuple[int, int],
    env: dict[str, Value],
    *,
    asked: bool = False,
    calls: bool = False,
) -> Finding | None:
    """asked: it is only looked for. calls: it goes to the proxy by the script's own calls."""
    if asked:
        level, says = (
            Level.NOTE,
            "is looked for; whether the job has a provider's secret cannot be told",
        )
    elif whose == "huggingface":
        level, says = Level.NOTE, "is a Hugging Face token; whether it calls models cannot be told"
    elif whose in PROXIES or calls or _is_proxied(repo, unit, whose, env):
        level, says = Level.WARNING, "is a long-lived key of the proxy where a job key belongs"
    else:
        level, says = (
            Level.ERROR,
            "is a provider's long-lived secret, with no proxy base URL in effect",
        )
    return file.finding(
        "TG003", level, place, len(name), f"{_where(unit)}: `{name}` {says}.",
        evidence=f"{unit.name}|{name}", fix=_FIX_KEY, provider=whose,
    )  # fmt: skip


def _script(
    repo: Repository, file: File, unit: Unit, scalar: Scalar, script: Script, env: dict[str, Value]
) -> Iterator[Finding | None]:
    allowed = repo.allowed
    hits = (
        code_dials(scalar.text, allowed)
        if unit.is_code
        else dials(script, {}, repo.sources, allowed)
    )
    for line, hit, sure in hits:
        yield file.finding(
            "TG004", Level.ERROR if sure else Level.NOTE, script_place(file, scalar, line, hit.host), len(hit.host),
            f"{_where(unit)}: a script calls {hit.host} directly, past the proxy.",
            evidence=f"{unit.name}|{hit.host}", fix=_FIX_HOST, provider=hit.provider,
        )  # fmt: skip
    told = set(unit.variables)
    calls = calls_proxy(repo, script)
    for line, name, value in script.sets:
        whose = key_of(name)
        told.add(name)
        if (
            whose
            and repo.sources.has(value, From.SECRET, From.OTHER)
            and not repo.sources.has(value, From.JOB_KEY)
        ):
            yield _told(
                repo,
                file,
                unit,
                name,
                whose,
                script_place(file, scalar, line, name),
                env,
                calls=calls,
            )
    for ran in (r for r in script.ran if r.name != "unset"):
        for name in (*_named(ran), *passed_on(ran)):
            if name not in told and key_of(name):
                told.add(name)
                place = script_place(file, scalar, ran.command.line, name)
                asked = ran.name in _ASKS
                yield _told(
                    repo, file, unit, name, key_of(name), place, env, asked=asked, calls=calls
                )


def _named(ran: Ran) -> Iterator[str]:
    for word in (*ran.command.words, ran.command.heredoc):
        for match in REFERENCE.finditer(word):
            yield next(group for group in match.groups() if group)


def _where(unit: Unit) -> str:
    return repr(unit.name[:60]) if unit.name else "The whole file"
