"""TG003 and TG004 in the other CI systems and in Compose files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.names import PROXIES, key_of
from ci_tokengate.scan.flows.pipelines.graph import Around
from ci_tokengate.scan.flows.pipelines.units import Unit, units
from ci_tokengate.scan.flows.pipelines.variables import Variable
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules.base_urls import has_base
from ci_tokengate.scan.flows.rules.tg004 import setting
from ci_tokengate.scan.flows.shell.dials import dials
from ci_tokengate.scan.flows.shell.model import Script
from ci_tokengate.scan.flows.shell.script import read_script
from ci_tokengate.scan.flows.uses import script_place
from ci_tokengate.scan.flows.values import Kind as From
from ci_tokengate.scan.flows.values import Value
from ci_tokengate.scan.flows.yaml import Map, Scalar

_FIX_KEY = "Let `ci-tokengate mint` or `ci-tokengate run` give this job a key of its own."
_FIX_HOST = "Let the base URL be the proxy's."
_REFERENCE = re.compile(
    r"\$(?:\{\{|\[)\s*variables(?:\.|\[')([\w.-]+)|\$\(([\w.-]+)\)|\$\{?([A-Za-z_]\w*)|<<\s*(?:pipeline\.)?parameters\.([\w-]+)|%(\w+)%"
)
_ASKS = ("test", "[", "[[")
"""These only ask whether a variable is set: a job may do so to be sure that it has no key."""

_PROXY_IMAGE = re.compile(
    r"litellm|portkey|llm-?gateway|llm-?proxy|ai-?gateway|bifrost|kong", re.IGNORECASE
)


def check_pipeline(
    repo: Repository, file: File, kind: Kind, documents: list[Map], around: Around | None = None
) -> Iterator[Finding]:
    """One file, with what the pipeline around it hands to it."""
    for unit in units(kind, documents, around):
        for found in _unit(repo, file, kind, unit):
            if found:
                yield found


def _unit(repo: Repository, file: File, kind: Kind, unit: Unit) -> Iterator[Finding | None]:
    env = {name: _value(repo, v) for name, v in unit.variables.items()}
    scripts = [(s, read_script(_plain(s.text), env, repo.sources)) for s in unit.scripts]
    effective = {**env, **{name: value for _, script in scripts for _, name, value in script.sets}}
    for variable in unit.variables.values():
        if variable.own:
            yield _address(repo, file, unit, variable)
            yield _secret(repo, file, unit, variable, effective)
    for key, value in unit.inputs:
        given = Variable(
            name=key.text, at=value if value.line != key.line else key, text=value.text
        )
        yield _address(repo, file, unit, given)
        yield _secret(repo, file, unit, given, effective)
    for secret in unit.secrets:
        whose = key_of(secret.text)
        if whose:
            yield _told(
                repo, file, unit, secret.text, whose, (secret.line, secret.column), effective
            )
    for scalar, script in scripts:
        yield from _script(repo, file, unit, scalar, script, effective)


def _value(repo: Repository, variable: Variable) -> Value:
    if variable.text is None or _REFERENCE.search(variable.text):
        return repo.sources.value(From.SECRET, variable.name)
    return (variable.text,)


def _plain(text: str) -> str:
    """`$(NAME)` of Azure, which is no command, as a variable."""
    return re.sub(r"\$\(([A-Za-z_][\w.-]*)\)", lambda m: f"${{{m[1].replace('-', '_')}}}", text)


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
    repo: Repository, file: File, unit: Unit, variable: Variable, env: dict[str, Value]
) -> Finding | None:
    """A variable with a key's name that is filled from elsewhere, or one filled from a key's variable."""
    if variable.text is not None and not _REFERENCE.search(variable.text):
        return None
    named = [name for m in _REFERENCE.finditer(variable.text or "") for name in m.groups() if name]
    whose = key_of(variable.name) or next(
        (w for name in named if (w := key_of(name.replace(".", "_")))), ""
    )
    if not whose or _PROXY_IMAGE.search(unit.image):
        return None
    return _told(
        repo, file, unit, variable.name, whose, (variable.at.line, variable.at.column), env
    )


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
) -> Finding | None:
    if asked:
        level, says = (
            Level.NOTE,
            "is looked for; whether the job has a provider's secret cannot be told",
        )
    elif whose == "huggingface":
        level, says = Level.NOTE, "is a Hugging Face token; whether it calls models cannot be told"
    elif whose in PROXIES or has_base(env, whose, repo):
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
    for line, hit, sure in dials(script, {}, repo.sources, repo.allowed):
        yield file.finding(
            "TG004", Level.ERROR if sure else Level.NOTE, script_place(file, scalar, line, hit.host), len(hit.host),
            f"{_where(unit)}: a script calls {hit.host} directly, past the proxy.",
            evidence=f"{unit.name}|{hit.host}", fix=_FIX_HOST, provider=hit.provider,
        )  # fmt: skip
    told = set(unit.variables)
    for line, name, value in script.sets:
        whose = key_of(name)
        told.add(name)
        if (
            whose
            and repo.sources.has(value, From.SECRET, From.OTHER)
            and not repo.sources.has(value, From.JOB_KEY)
        ):
            yield _told(repo, file, unit, name, whose, script_place(file, scalar, line, name), env)
    for ran in (r for r in script.ran if r.name != "unset"):
        for word in (*ran.command.words, ran.command.heredoc):
            for match in _REFERENCE.finditer(word):
                name = next(group for group in match.groups() if group)
                if name not in told and key_of(name):
                    told.add(name)
                    place = script_place(file, scalar, ran.command.line, name)
                    asked = ran.name in _ASKS
                    yield _told(repo, file, unit, name, key_of(name), place, env, asked=asked)


def _where(unit: Unit) -> str:
    return repr(unit.name[:60]) if unit.name else "The whole file"
