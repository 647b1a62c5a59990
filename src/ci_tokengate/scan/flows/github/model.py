"""A workflow's jobs and steps, as they will be when they run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ci_tokengate.scan.flows.github.evaluate import Scope
from ci_tokengate.scan.flows.github.gate import Gate
from ci_tokengate.scan.flows.github.matrix import Matrix
from ci_tokengate.scan.flows.github.status import Terms
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.shell.model import Script
from ci_tokengate.scan.flows.values import Value
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar


@dataclass(kw_only=True)
class Entry:
    """One `name: value` of an `env:` or a `with:`, with what it can be."""

    file: File
    key: Scalar
    node: Node
    value: Value

    @property
    def name(self) -> str:
        return self.key.text


@dataclass(kw_only=True)
class Act:
    """One step, also one of a composite action that a step uses.

    file, node: where it is written. at: the step of the workflow that it belongs to. inner: in a composite action.
    env: all it sees. own: its own `env:`. inputs: its `with:`, by name in lower case. terms: what must hold for it to run.
    script: what its `run:`, or an input that is run, does; scalar: where that text stands.
    users: the places of the steps that use the actions in which it stands.
    defaulted: the inputs of its composite action that nobody gave, by name in lower case.
    """

    file: File
    node: Map
    at: tuple[File, Scalar]
    inner: bool
    label: str
    id: str
    uses: str
    env: Mapping[str, Value]
    own: list[Entry]
    inputs: Mapping[str, Entry]
    terms: Terms
    script: Script | None
    scalar: Scalar | None
    gates: tuple[Gate, ...]
    soft: bool
    order: int
    composite: str = ""
    users: tuple[int, ...] = ()
    defaulted: frozenset[str] = frozenset()


@dataclass(kw_only=True)
class JobRun:
    """One job. name: its key. events: the triggers under which it runs.

    env: of the workflow and the job alone. entries: their `env:` lines. secrets: what it hands to a called workflow.
    written: files that its scripts write. named: its steps with an id, by the composite action they stand in.
    """

    file: File
    root: Map
    key: Scalar
    node: Map
    events: tuple[str, ...]
    scope: Scope
    env: Mapping[str, Value]
    entries: list[Entry]
    acts: list[Act] = field(default_factory=list)
    matrix: Matrix | None = None
    uses: str = ""
    inputs: Mapping[str, Entry] = field(default_factory=dict)
    gates: list[Gate] = field(default_factory=list)
    callee: list[JobRun] = field(default_factory=list)
    callee_path: str = ""
    callee_known: bool = False
    written: dict[str, str] = field(default_factory=dict)
    named: dict[tuple[str, str], Act] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.key.text
