"""What a script does, as far as the rules ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ci_tokengate.scan.flows.agents.model import Agent
from ci_tokengate.scan.flows.shell.command import Command
from ci_tokengate.scan.flows.shell.started import Started
from ci_tokengate.scan.flows.values import Value


@dataclass(frozen=True, kw_only=True)
class Call:
    """An agent that a script runs. args have their variables put in; gated: under `ci-tokengate run`."""

    agent: Agent
    args: tuple[str, ...]
    env: Mapping[str, Value]
    line: int
    word: str
    gated: bool


@dataclass(frozen=True, kw_only=True)
class Ran:
    """Any other command: for hosts, model calls and checkouts."""

    name: str
    args: tuple[str, ...]
    command: Command
    started: Started
    writes: tuple[str, ...]


@dataclass(kw_only=True)
class Script:
    """Lines count from 0, in the script. env, outputs: what it leaves for later steps; sets: all that it assigns.

    open: what it may also leave for later steps' environment, of which no name is known.
    unsure: names in env and outputs that are written on some ways through the script only.
    """

    calls: list[Call] = field(default_factory=list)
    ran: list[Ran] = field(default_factory=list)
    env: list[tuple[str, Value]] = field(default_factory=list)
    outputs: list[tuple[str, Value]] = field(default_factory=list)
    open: Value = ()
    unsure: set[str] = field(default_factory=set)
    files: list[tuple[str, str]] = field(default_factory=list)
    sets: list[tuple[int, str, Value]] = field(default_factory=list)
    gates: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    fetched: list[int] = field(default_factory=list)
    """Where git fetches a pull request's head; moved: where it may put what it fetched into a folder."""

    moved: list[int] = field(default_factory=list)
    codes: list[tuple[int, str]] = field(default_factory=list)
    """Python or JavaScript of the repository that it runs, with the line that does."""
