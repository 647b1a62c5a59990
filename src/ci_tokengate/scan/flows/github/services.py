"""Containers of a job, and its services as steps that only have an environment, and perhaps an agent in their image."""

from __future__ import annotations

from ci_tokengate.scan.flows.agents.actions import image_of
from ci_tokengate.scan.flows.github.entries import read_entries, text_of
from ci_tokengate.scan.flows.github.evaluate import Scope
from ci_tokengate.scan.flows.github.model import Act, Entry, JobRun
from ci_tokengate.scan.flows.github.status import SUCCESS
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.shell.containers import given
from ci_tokengate.scan.flows.shell.lex import lex
from ci_tokengate.scan.flows.yaml import Map, Scalar


def handed_in(file: File, node: Map, scope: Scope) -> list[Entry]:
    """The variables of a container or service: its `env:`, and `-e NAME=value` of its `options:`."""
    found = read_entries(file, node.get("env"), scope)
    options = node.items.get("options")
    if options and "=" in text_of(options[1]):
        key, text = options[0], scope.text(text_of(options[1]))[0]
        words = next((command.words for command in lex(text)), ())
        for name, value in given(words):
            if value:
                at = Scalar(name, key.line, key.column)
                found.append(Entry(file=file, key=at, node=options[1], value=(value,)))
    return found


def add_services(run: JobRun) -> None:
    """A service is a step that only has an environment."""
    services = run.node.get("services")
    for key, node in services.items.values() if isinstance(services, Map) else ():
        if isinstance(node, Map):
            image = text_of(node.get("image"))
            uses = f"docker://{image}" if image_of(image) else ""
            own = handed_in(run.file, node, run.scope)
            run.acts.append(
                Act(file=run.file, node=node, at=(run.file, key), inner=False, label=f"service {key.text}", id="", uses=uses,
                    env={e.name: e.value for e in own}, own=own, inputs={}, terms=frozenset({SUCCESS}), script=None, scalar=None,
                    gates=(), soft=False, order=len(run.acts))
            )  # fmt: skip
