"""What is known about one agent. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Agent:
    """One agent, however it is started.

    bases: variables that hold its base URL, the one that wins first. A variable of the gate's wiring that names a
        config file (`CODEX_HOME`) is one too.
    keys: variables its key is read from. provider: whose key that usually is.
    flags: options of its command line that hold a base URL.
    cloud: variables that lead it to a cloud's models, with the variable that would bring them to a proxy.
    settings: files in the repository it reads a base URL from.
    unmetered: why nothing brings it to a proxy; "" if something does.
    tool: its name for the gate's `tools:`, "" if the gate cannot wire it.
    """

    name: str
    label: str
    bases: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    provider: str = ""
    flags: tuple[str, ...] = ()
    cloud: tuple[tuple[str, str], ...] = ()
    settings: tuple[str, ...] = ()
    unmetered: str = ""
    tool: str = ""


@dataclass(frozen=True, kw_only=True)
class AgentAction:
    """An action that runs an agent.

    urls: inputs that hold its base URL. only_urls: whether its environment is not asked for one.
    keys: inputs that take a key. clouds: inputs that, when on, lead it to a cloud. federation: inputs whose mere
    presence does. arguments: inputs with more command-line options. settings: inputs with JSON settings.
    """

    agent: Agent
    urls: tuple[str, ...] = ()
    only_urls: bool = False
    keys: tuple[str, ...] = ()
    clouds: tuple[str, ...] = ()
    federation: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
