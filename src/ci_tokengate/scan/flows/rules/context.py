"""What every rule is given besides the job."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.github.model import Act, Entry, JobRun
from ci_tokengate.scan.flows.github.status import SUCCESS
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.uses import AgentUse, script_place
from ci_tokengate.scan.flows.values import truth
from ci_tokengate.scan.flows.yaml import Scalar

_UNNAMED = re.compile(r"step \d+|service .+")
_MOST_LINES = 400


@dataclass(kw_only=True)
class Context:
    """One job, its agents, and the repository around it."""

    repo: Repository
    run: JobRun
    uses: list[AgentUse]

    def runs_under(self, act: Act, event: str) -> bool:
        """Whether a step can run when this starts the job."""
        if act.terms == {SUCCESS}:
            return True
        scope = replace(self.run.scope, event=event)
        return all(truth(scope.tree(term)) is not False for term in act.terms)

    def at_entry(
        self,
        entry: Entry,
        act: Act | None,
        rule: str,
        level: Level,
        message: str,
        fix: str,
        provider: str = "",
        words: str = "",
    ) -> Finding | None:
        """At a `name: value` line, or at the line of a block below it that has these words; for a line of a called
        composite action, at the step that calls it."""
        if act is not None and act.inner:
            return self.at_step(
                act, rule, level, message, fix, f"{entry.name}|{act.label}", provider
            )
        place, width = (entry.key.line, entry.key.column), len(entry.name)
        if words and isinstance(entry.node, Scalar) and entry.node.style in ("|", ">"):
            lines = min(entry.node.text.count("\n") + 2, _MOST_LINES)
            line, column = entry.file.find(words, entry.node.line + 1, lines)
            if words in entry.file.line(line):
                place, width = (line, column), len(words)
        elif (
            isinstance(entry.node, Scalar)
            and entry.node.line == entry.key.line
            and not entry.node.style
        ):
            width = entry.node.column + len(entry.node.text) - entry.key.column
        evidence = f"{self.run.name}|{entry.name}|{entry.node.text if isinstance(entry.node, Scalar) else ''}"
        return entry.file.finding(
            rule, level, place, width, message, evidence=evidence, fix=fix, provider=provider
        )  # fmt: skip

    def at_script(
        self,
        act: Act,
        line: int,
        words: str,
        rule: str,
        level: Level,
        message: str,
        fix: str,
        evidence: str,
    ) -> Finding | None:
        """At a line of a step's script, counted from 0; for one of a called composite action, at the step."""
        if act.inner or act.scalar is None:
            return self.at_step(act, rule, level, message, fix, evidence)
        place = script_place(act.file, act.scalar, line, words)
        return self.at(act.file, place, rule, level, message, fix, evidence, width=len(words))

    def at_step(
        self,
        act: Act,
        rule: str,
        level: Level,
        message: str,
        fix: str,
        evidence: str,
        provider: str = "",
    ) -> Finding | None:
        file, key = act.at
        return self.at(
            file, (key.line, key.column), rule, level, message, fix, evidence, provider=provider
        )

    def at(
        self,
        file: File,
        place: tuple[int, int],
        rule: str,
        level: Level,
        message: str,
        fix: str,
        evidence: str,
        *,
        width: int = 0,
        provider: str = "",
    ) -> Finding | None:
        width = width or max(len(file.line(place[0])) - place[1] + 1, 1)
        return file.finding(
            rule, level, place, width, message, evidence=f"{self.run.name}|{evidence}", fix=fix, provider=provider
        )  # fmt: skip


def step_name(act: Act) -> str:
    """How a step is called in a message."""
    label = " ".join(act.label.split())
    return label if _UNNAMED.fullmatch(label) else f"step {label[:60]!r}"
