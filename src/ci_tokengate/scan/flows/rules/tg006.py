"""TG006: a way to a provider for which there is no key to find."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.agents import table
from ci_tokengate.scan.flows.bases import settings_env
from ci_tokengate.scan.flows.github.model import Act, Entry
from ci_tokengate.scan.flows.leads import Lead, leads
from ci_tokengate.scan.flows.rules.clouds import cloud_calls
from ci_tokengate.scan.flows.rules.context import Context, step_name
from ci_tokengate.scan.flows.values import EMPTY, Kind, Value, is_unknown
from ci_tokengate.scan.flows.yaml import Scalar

RULE = "TG006"
_FIX = "Take it out and call the model through the proxy, which can use the cloud behind it."
_FEDERATION = re.compile(
    r"ANTHROPIC_(?:FEDERATION_\w+|IDENTITY_TOKEN(?:_FILE)?|PROFILE)$|OPENAI_(?:WORKLOAD_)?(?:IDENTITY|FEDERATION)_\w+$"
)
_CLOUDS: Mapping[str, str] = dict((*table.CLAUDE.cloud, *table.GEMINI.cloud))
_NO = ("", "0", "false", "no", "off", "null")
_WITH_ENDPOINT = ("actions/ai-inference",)


def find(context: Context) -> Iterator[Finding]:
    told: set[int] = set()
    for finding in (*_entries(context, told), *_inputs(context, told), *_scripts(context, told)):
        if finding:
            yield finding
    for finding in cloud_calls(context, told):
        if finding:
            yield finding


def is_on(value: Value) -> bool | None:
    """Whether a switch is on; None if only the run knows."""
    if all(text.strip().lower() in _NO for text in value):
        return False
    sure = [text for text in value if not is_unknown(text)]
    return (
        True
        if any(text.strip().lower() not in _NO for text in sure) and len(sure) == len(value) == 1
        else None
    )


def _entries(context: Context, told: set[int]) -> Iterator[Finding | None]:
    run = context.run
    for entry in run.entries:
        if _in_effect(context, entry.name):
            yield _variable(context, entry, None, run.env)
    for act in run.acts:
        for entry in act.own:
            found = _variable(context, entry, act, act.env)
            if found:
                told.add(act.order)
                yield found


def _in_effect(context: Context, name: str) -> bool:
    """A gate blanks such variables for the steps after it; then only what runs before could see them."""
    seen = (
        [use.env for use in context.uses]
        or [act.env for act in context.run.acts]
        or [context.run.env]
    )
    return any(env.get(name, EMPTY) != EMPTY for env in seen)


def _variable(
    context: Context, entry: Entry, act: Act | None, env: Mapping[str, Value]
) -> Finding | None:
    name = entry.name
    if _FEDERATION.match(name):
        on: bool | None = entry.value != EMPTY
    elif name in _CLOUDS and not _proxied(context, _CLOUDS[name], env):
        on = is_on(entry.value)
    else:
        return None
    if on is False or _elsewhere(context, entry, act):
        return None
    level = Level.ERROR if on else Level.NOTE
    where = step_name(act) if act is not None else "its environment"
    says = (
        "leads to a provider without a key"
        if on
        else "may lead to a provider without a key; only the run knows"
    )
    message = f"Job {context.run.name!r}, {where}: `{name}` {says}."
    return context.at_entry(entry, act, RULE, level, message, _FIX)


def _elsewhere(context: Context, entry: Entry, act: Act | None) -> bool:
    """Whether a composite action's own reading tells this."""
    return bool(
        act is not None and act.inner and isinstance(entry.node, Scalar) and "inputs." not in entry.node.text
    )  # fmt: skip


def _proxied(context: Context, base: str, env: Mapping[str, Value]) -> bool:
    value = env.get(base, EMPTY) if base else EMPTY
    return value != EMPTY and leads(value, context.repo)[0] in (Lead.PROXY, Lead.HIDDEN)


def _inputs(context: Context, told: set[int]) -> Iterator[Finding | None]:
    for use in context.uses:
        if use.action is None:
            continue
        inputs = {name: entry.value for name, entry in use.act.inputs.items()}
        for entry in use.act.inputs.values():
            name = entry.name.lower()
            if name in use.action.clouds:
                cloud = {"use_bedrock": "ANTHROPIC_BEDROCK_BASE_URL", "use_vertex": "ANTHROPIC_VERTEX_BASE_URL",
                         "use_foundry": "ANTHROPIC_FOUNDRY_BASE_URL", "use_vertex_ai": "GOOGLE_VERTEX_BASE_URL"}.get(name, "")  # fmt: skip
                on = False if _proxied(context, cloud, use.env) else is_on(entry.value)
            elif name.startswith("anthropic_federation_") or name in use.action.federation:
                on = (
                    _given(context, entry.value, use.action.clouds, inputs)
                    if name.startswith("gcp_")
                    else entry.value != EMPTY
                )
            elif name in use.action.settings:
                on = _by_settings(context, entry.value, use.env)
            else:
                continue
            if on is not False and not _elsewhere(context, entry, use.act):
                told.add(use.act.order)
                level = Level.ERROR if on else Level.NOTE
                says = (
                    "leads past the proxy, with no key to find"
                    if on
                    else "may lead past the proxy; only the run knows"
                )
                message = f"Job {context.run.name!r}, {step_name(use.act)}: `{entry.name}` {says}."
                yield context.at_entry(
                    entry, use.act, RULE, level, message, _FIX, use.agent.provider
                )


def _by_settings(context: Context, value: Value, env: Mapping[str, Value]) -> bool:
    """Whether settings switch an agent to a cloud."""
    own = settings_env(value[0], context.repo)
    seen = {**env, **{name: (text,) for name, text in own.items()}}
    return any(
        _FEDERATION.match(name)
        or (name in _CLOUDS and is_on((text,)) and not _proxied(context, _CLOUDS[name], seen))
        for name, text in own.items()
    )


def _given(
    context: Context, value: Value, clouds: Collection[str], inputs: Mapping[str, Value]
) -> bool | None:
    """An input that counts when it is there: one that is only a variable of the repository's may be empty."""
    if value == EMPTY:
        return False
    if any(is_on(inputs[name]) for name in clouds if name in inputs):
        return True
    kinds = {source.kind for source in context.repo.sources.of(value)}
    return None if kinds == {Kind.VAR} and all(len(text) <= 1 for text in value) else True


def _scripts(context: Context, told: set[int]) -> Iterator[Finding | None]:
    for act in context.run.acts:
        for line, name, value in act.script.sets if act.script else ():
            if (_FEDERATION.match(name) and value != EMPTY) or (
                name in _CLOUDS and is_on(value) and not _proxied(context, _CLOUDS[name], act.env)
            ):
                told.add(act.order)
                message = f"Job {context.run.name!r}, {step_name(act)}: `{name}` leads to a provider without a key."
                yield context.at_script(
                    act, line, name, RULE, Level.ERROR, message, _FIX, f"{act.label}|{name}"
                )
        if act.uses.lower().partition("@")[0] in _WITH_ENDPOINT:
            endpoint = act.inputs.get("endpoint")
            if endpoint is None or leads(endpoint.value, context.repo)[0] not in (
                Lead.PROXY,
                Lead.HIDDEN,
            ):
                message = f"Job {context.run.name!r}, {step_name(act)}: calls GitHub's models by the job's own token, with no key to find."
                yield context.at_step(
                    act, RULE, Level.ERROR, message, _FIX, act.label, "github-models"
                )
