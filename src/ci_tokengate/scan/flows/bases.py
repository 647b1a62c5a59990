"""Where an agent gets its base URL from: its command line, its inputs, its settings, its environment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ci_tokengate.scan.flows.agents.commands import option
from ci_tokengate.scan.flows.agents.model import Agent, AgentAction
from ci_tokengate.scan.flows.leads import Lead, leads
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.values import EMPTY, UNSEEN, Kind, Value


class Base(NamedTuple):
    """Where an agent's calls go, and what says so: a variable, an input, an option or a file."""

    lead: Lead
    by: str
    host: str = ""


def of_command(
    agent: Agent,
    args: Sequence[str],
    env: Mapping[str, Value],
    repo: Repository,
    files: Sequence[tuple[str, str]] = (),
) -> Base:
    """Where an agent started as a command calls."""
    given = option(args, *agent.flags) if agent.flags else ""
    if given:
        return _base((given,), repo, "its command line")
    if agent.name == "codex":
        found = _codex(args, repo)
        if found:
            return found
    if agent.name == "claude-code" and (text := option(args, "--settings")):
        found = _settings(text, agent, repo)
        if found:
            return found
    return _environment(agent, env, repo, files)


def of_action(
    action: AgentAction, inputs: Mapping[str, Value], env: Mapping[str, Value], repo: Repository
) -> Base:
    """Where an agent started as an action calls."""
    for name in action.urls:
        value = inputs.get(name, EMPTY)
        if value != EMPTY:
            return _base(value, repo, f"its input `{name}`")
    if action.only_urls:
        return Base(Lead.NOWHERE, f"its input `{action.urls[0]}`")
    for name in action.settings:
        for text in inputs.get(name, EMPTY):
            found = _settings(text, action.agent, repo) if text else None
            if found:
                return found
    return _environment(action.agent, env, repo, ())


def _environment(
    agent: Agent, env: Mapping[str, Value], repo: Repository, files: Sequence[tuple[str, str]]
) -> Base:
    if agent.name == "claude-code" and (found := _of_claude(agent, repo, files)):
        return found  # it beats the environment
    for name in agent.bases:
        value = env.get(name, EMPTY)
        if value != EMPTY:
            return _variable(name, value, repo)
    for path, text in (*_repository_settings(agent, repo), *files):
        if path.endswith(tuple(s.rpartition("/")[2] for s in agent.settings) or ("\0",)):
            for url in _URLS.findall(text):
                return _base((url,), repo, f"`{path}`")
    return Base(Lead.NOWHERE, f"`{agent.bases[0]}`" if agent.bases else "")


def _of_claude(agent: Agent, repo: Repository, files: Sequence[tuple[str, str]]) -> Base | None:
    """Claude Code's own settings: those that a script has written, then the repository's."""
    written = [(path, text) for path, text in reversed(files) if path.endswith(_CLAUDE)]
    for path, text in (*written, *_repository_settings(agent, repo)):
        if url := _OF_CLAUDE.search(text):
            return _base((url[1],), repo, f"`{path}`")
    return None


_FILES = ("CODEX_HOME", "OPENCODE_CONFIG", "OPENCODE_CONFIG_CONTENT")
_CLAUDE = (".claude/settings.json", ".claude/settings.local.json")
_OF_CLAUDE = re.compile(r'"ANTHROPIC_BASE_URL"\s*:\s*"([^"]+)"')
_URLS = re.compile(
    r"(?:base_?url|api[-_]?base|openai-api-base|endpoint)\"?'?\s*[:=]\s*[\"']?(https?://[^\s\"',}]+)",
    re.IGNORECASE,
)


def _variable(name: str, value: Value, repo: Repository) -> Base:
    if name in _FILES and not repo.sources.has(value, Kind.PROXY):
        urls = [url for text in value for url in _URLS.findall(text)]
        return _base(tuple(urls), repo, f"`{name}`") if urls else Base(Lead.UNKNOWN, f"`{name}`")
    unseen = [source.name for source in repo.sources.of(value) if source.name.startswith(UNSEEN)]
    return _base(value, repo, " or ".join([f"`{name}`", *unseen[:1]]))


def _base(value: Value, repo: Repository, by: str) -> Base:
    lead, host = leads(value, repo)
    return Base(lead, by, host)


def _codex(args: Sequence[str], repo: Repository) -> Base | None:
    """`-c model_providers.x.base_url=…`; `openai_base_url` opens a websocket first, but leads there as well.

    The built-in provider alone leads to OpenAI, whatever a config says.
    """
    provider = False
    for nth, arg in enumerate(args):
        text = (
            args[nth + 1]
            if arg in ("-c", "--config") and nth + 1 < len(args)
            else arg.partition("=")[2]
            if arg.startswith("--config=")
            else ""
        )
        name, _, value = text.partition("=")
        value = value.strip().strip("\"'")
        if name.strip().endswith(("base_url",)) and (
            "model_providers" in name or name.strip() == "openai_base_url"
        ):
            return _base((value,), repo, f"`-c {name.strip()}`")
        found = re.search(r"base_url\s*=\s*[\"']?([^\"',}\s]+)", value)
        if found:
            return _base((found[1],), repo, "`-c model_providers`")
        provider = provider or (name.strip() == "model_provider" and value == "openai")
    if provider:
        return Base(Lead.PROVIDER, "`-c model_provider`", "api.openai.com")
    if "--oss" in args:
        return Base(Lead.UNKNOWN, "`--oss`")
    return None


def settings_env(text: str, repo: Repository) -> dict[str, str]:
    """The `env` of JSON settings, or of a file with them."""
    if not text.lstrip().startswith("{"):
        file = repo.file(text.strip()) if len(text) < 300 and "\n" not in text else None
        text = file.text if file else ""
    try:
        env = json.loads(text).get("env", {}) if text else {}
    except (ValueError, RecursionError, AttributeError):
        return {}
    return {k: str(v) for k, v in env.items()} if isinstance(env, dict) else {}


def _settings(text: str, agent: Agent, repo: Repository) -> Base | None:
    env = settings_env(text, repo)
    name = next((name for name in agent.bases if name in env), "")
    return _base((env[name],), repo, f"`{name}` of its settings") if name else None


def _repository_settings(agent: Agent, repo: Repository) -> Iterator[tuple[str, str]]:
    for path in agent.settings:
        file = repo.file(path)
        if file is None:
            continue
        yield path, file.text
