"""Where a job runs an agent: as an action or as a command, with its base URL and its place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ci_tokengate.scan.flows.agents.actions import action_of
from ci_tokengate.scan.flows.agents.model import Agent, AgentAction
from ci_tokengate.scan.flows.bases import Base, of_action, of_command
from ci_tokengate.scan.flows.github.model import Act, JobRun
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.values import Value
from ci_tokengate.scan.flows.yaml import Scalar

_MOST_CONTINUED = 40
_MOST_FILES = 50
"""That scripts wrote before an agent; the last ones count."""


@dataclass(kw_only=True)
class AgentUse:
    """line: of the call in its script, -1 for an action. gated: under `ci-tokengate run`."""

    agent: Agent
    action: AgentAction | None
    act: Act
    base: Base
    env: Mapping[str, Value]
    args: tuple[str, ...] = ()
    line: int = -1
    word: str = ""
    gated: bool = False

    @property
    def metered(self) -> bool:
        """Whether its calls can go through the proxy: Copilot's only with a provider of its own."""
        if self.agent.name == "copilot":
            return bool(self.base.host or self.base.lead.name != "NOWHERE")
        return not self.agent.unmetered


def agent_uses(run: JobRun, repo: Repository) -> list[AgentUse]:
    """In the order of the steps."""
    found: list[AgentUse] = []
    files: list[tuple[str, str]] = []
    for act in run.acts:
        files += act.script.files if act.script else ()
        action = action_of(act.uses) if act.uses else None
        if action is not None:
            inputs = {name: entry.value for name, entry in act.inputs.items()}
            base = of_action(action, inputs, act.env, repo)
            found.append(
                AgentUse(agent=action.agent, action=action, act=act, base=base, env=act.env)
            )
        for call in act.script.calls if act.script else ():
            base = of_command(call.agent, call.args, call.env, repo, files[-_MOST_FILES:])
            if call.gated:
                base = base._replace(lead=type(base.lead).PROXY)
            found.append(
                AgentUse(agent=call.agent, action=None, act=act, base=base, env=call.env, args=call.args,
                         line=call.line, word=call.word, gated=call.gated)
            )  # fmt: skip
    return found


def script_place(file: File, scalar: Scalar, line: int, words: str) -> tuple[int, int]:
    """Line and column in the file of `words` in a line of a script."""
    if scalar.style in ("|", ">"):
        text = file.line(scalar.line + 1 + line)
        if words and words in text:
            return scalar.line + 1 + line, text.index(words) + 1
        if not words:
            return scalar.line + 1 + line, 1
        if scalar.style == "|" and "${{" not in scalar.text and text.strip():
            return _in_command(file, scalar.line + 1 + line, words)
        return file.find(words, scalar.line + 1, min(scalar.text.count("\n") + 2, 400))
    return (
        file.find(words, scalar.line, scalar.text.count("\n") + 2)
        if words
        else (scalar.line, scalar.column)
    )


def _in_command(file: File, line: int, words: str) -> tuple[int, int]:
    """Where words stand in a command that begins at a line; the line itself if they come by a variable or a file."""
    last = line
    while file.line(last).rstrip().endswith("\\") and last < line + _MOST_CONTINUED:
        last += 1
    within = _MOST_CONTINUED if "." in words else last - line + 1
    return file.find(words, line, within)


def use_place(use: AgentUse) -> tuple[File, tuple[int, int], int]:
    """The file, line and column where an agent's use is shown, and how wide it is."""
    act = use.act
    if use.line >= 0 and act.scalar is not None and not act.inner:
        at = script_place(act.file, act.scalar, use.line, use.word)
        return act.file, at, len(use.word)
    file, key = act.at
    return file, (key.line, key.column), len(file.line(key.line)) - key.column + 1
