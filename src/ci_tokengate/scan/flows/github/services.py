"""Services of a job, as steps that only have an environment, and perhaps an agent in their image."""

from __future__ import annotations

from ci_tokengate.scan.flows.agents.actions import image_of
from ci_tokengate.scan.flows.github.conditions import SUCCESS
from ci_tokengate.scan.flows.github.entries import read_entries, text_of
from ci_tokengate.scan.flows.github.model import Act, JobRun
from ci_tokengate.scan.flows.yaml import Map


def add_services(run: JobRun) -> None:
    """A service is a step that only has an environment."""
    services = run.node.get("services")
    for key, node in services.items.values() if isinstance(services, Map) else ():
        if isinstance(node, Map):
            image = text_of(node.get("image"))
            uses = f"docker://{image}" if image_of(image) else ""
            own = read_entries(run.file, node.get("env"), run.scope)
            run.acts.append(
                Act(file=run.file, node=node, at=(run.file, key), inner=False, label=f"service {key.text}", id="", uses=uses,
                    env={e.name: e.value for e in own}, own=own, inputs={}, terms=frozenset({SUCCESS}), script=None, scalar=None,
                    gates=(), soft=False, order=len(run.acts))
            )  # fmt: skip
