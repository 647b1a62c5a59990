"""Whether a proxy's base URL is in effect where a key is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ci_tokengate.scan.flows.github.model import Act
from ci_tokengate.scan.flows.leads import Lead, leads
from ci_tokengate.scan.flows.names import base_of, normal
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules.context import Context
from ci_tokengate.scan.flows.shell.dialled import SAYS
from ci_tokengate.scan.flows.shell.model import Script
from ci_tokengate.scan.flows.values import EMPTY, Kind, Value, is_unknown

_AZURE = ("azure-openai",)
_CLOUD = "bedrock"
"""Who calls it leaves all other base URLs aside."""

_LOOSE = ("llm", "copilot-provider")
_FAMILY = {"anthropic": ("anthropic",), "openai": ("openai",), "google-gemini": ("google-gemini",)}
_BASED = (Lead.PROXY, Lead.HIDDEN)
"""With these a base URL is in effect: what only the run knows is no provider's host, but perhaps no proxy's either."""

_CURLS = ("curl", "wget", "http", "https")
_OPTION = re.compile(
    r"--?(?:[a-z]+[-_])*(?:base[-_]?url|api[-_]?base)(?:=(.*))?", re.IGNORECASE | re.DOTALL
)
_CURL = re.compile(r"https?://[^\s\"']+")


def in_step(context: Context, act: Act, whose: str) -> bool:
    """For a key that one step has: by its agents if it runs any, else by its variables and inputs."""
    uses = [use for use in context.uses if use.act is act]
    if uses and whose != _CLOUD:
        return all(use.base.lead in _BASED for use in uses)
    inputs = {name: entry.value for name, entry in act.inputs.items()}
    sets = {name: value for _, name, value in act.script.sets} if act.script else {}
    return has_base({**act.env, **inputs, **sets}, whose, context.repo) or calls_proxy(
        context.repo, act.script
    )


def in_job(context: Context, whose: str) -> bool:
    """For a key that the whole job has: every agent's step, or without agents any step, must lead to the proxy."""
    run = context.run
    if context.uses and whose != _CLOUD:
        metered = [use for use in context.uses if use.metered] or context.uses
        return all(use.base.lead in _BASED for use in metered)
    inputs = {name: entry.value for name, entry in run.inputs.items()}
    if has_base({**run.env, **inputs}, whose, context.repo):
        return True
    envs = [act.env for act in run.acts if act.env is not run.env]
    return any(has_base(env, whose, context.repo) for env in envs) or any(
        calls_proxy(context.repo, act.script) for act in run.acts
    )


def has_base(env: Mapping[str, Value], whose: str, repo: Repository) -> bool:
    """Whether one of these variables holds a base URL for this provider, and none leads to a provider."""
    found = False
    for name, value in env.items():
        if value == EMPTY or not _is_of(name, whose):
            continue
        lead, host = leads(value, repo)
        if lead is Lead.PROVIDER:
            return False
        if lead in _BASED and not (whose in _AZURE and not host and _hidden(value, repo)):
            found = True
    return found


def _is_of(name: str, whose: str) -> bool:
    belongs = base_of(name)
    if whose == _CLOUD:
        return bool(belongs) and "BEDROCK" in normal(name)
    return belongs in (whose, "*") or bool(whose in _LOOSE and belongs)


def _hidden(value: Value, repo: Repository) -> bool:
    """An address that only the run knows; Azure's own look like that."""
    return any(is_unknown(text) for text in value) and not repo.sources.has(value, Kind.PROXY)


def calls_proxy(repo: Repository, script: Script | None) -> bool:
    """A script of which all curl calls, or all base URLs that it gives to commands, lead to the proxy."""
    ran = script.ran if script else ()
    calls = [url for r in ran if r.name in _CURLS for arg in r.args for url in _CURL.findall(arg)]
    given = [url for r in ran if r.name not in SAYS for url in _given(r.args)]
    called = [leads((url,), repo)[0] for url in calls]
    if not repo.hosts or Lead.PROVIDER in called:
        return False
    return _all_proxy(called) or _all_proxy([leads((url,), repo)[0] for url in given])


def given_proxy(repo: Repository, args: Sequence[str]) -> bool:
    """Arguments of a command of which all base URLs lead to the proxy."""
    return bool(repo.hosts) and _all_proxy([leads((url,), repo)[0] for url in _given(args)])


def _all_proxy(found: Sequence[Lead]) -> bool:
    return bool(found) and all(lead is Lead.PROXY for lead in found)


def _given(args: Sequence[str]) -> Iterator[str]:
    """The values of options that are named for a base URL."""
    for arg, after in zip(args, (*args[1:], ""), strict=False):
        if match := _OPTION.fullmatch(arg):
            yield match[1] or after
