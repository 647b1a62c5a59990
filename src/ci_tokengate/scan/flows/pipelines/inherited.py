"""What holds in a job besides its own variables: of the jobs and services that it extends, of its executor, of the scripts before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.pipelines.variables import Variable, own, reference
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

_DEEPEST = 12
_MOST_BASES = 100
GITLAB = (Kind.GITLAB, Kind.PIPELINE)


def inherited(kind: Kind, node: Map, jobs: Mapping[str, Node]) -> dict[str, Variable]:
    """jobs: all that stands at the top of the file, and of those that are included."""
    if kind in GITLAB:
        return _extended(kind, node, jobs, set())
    if kind is Kind.COMPOSE and node.get("extends") is not None:
        services = jobs.get("services")
        names = {n: s for n, (_, s) in services.items.items()} if isinstance(services, Map) else {}
        return _extended(kind, node, names, set()) if names else {}
    return _of_executor(node, jobs) if kind is Kind.CIRCLECI else {}


def before_script(kind: Kind, node: Map, jobs: Mapping[str, Node]) -> Node | None:
    """What runs before a GitLab job's script and stands elsewhere: with what it extends, else for all jobs."""
    if kind is not Kind.GITLAB or node.get("script") is None:
        return None
    for at in _chain(node, jobs):
        if (found := at.get("before_script")) is not None:
            return found if at is not node else None
    if not _takes(node, "default", jobs)("before_script"):
        return None
    default = jobs.get("default")
    script = default.get("before_script") if isinstance(default, Map) else None
    return script if script is not None else jobs.get("before_script")


def of_all(
    kind: Kind, node: Map, jobs: Mapping[str, Node], variables: Mapping[str, Variable]
) -> dict[str, Variable]:
    """The variables for all jobs, of which a GitLab job may take some or none: `inherit: {variables: false}`."""
    if kind not in GITLAB:
        return dict(variables)
    takes = _takes(node, "variables", jobs)
    return {name: variable for name, variable in variables.items() if takes(name)}


def _takes(node: Map, what: str, jobs: Mapping[str, Node]) -> Callable[[str], bool]:
    """What `inherit:` of a job, or of one that it extends, says about a name."""
    for at in _chain(node, jobs):
        inherit = at.get("inherit")
        said = inherit.get(what) if isinstance(inherit, Map) else None
        if isinstance(said, Seq):
            names = {item.text for item in said.items if isinstance(item, Scalar)}
            return names.__contains__
        if isinstance(said, Scalar):
            none = said.text.lower() == "false"
            return lambda _: not none
    return lambda _: True


def _chain(node: Map, jobs: Mapping[str, Node]) -> Iterator[Map]:
    """A job, the one that it extends, and so on."""
    at: Map | None = node
    for _ in range(_DEEPEST):
        if at is None:
            break
        yield at
        at = next(_bases(at, jobs), None)


def names_of(node: Map) -> Iterator[str]:
    extends = node.get("extends")
    if isinstance(extends, Map):  # of Compose; one of another file is not looked at
        extends = extends.get("service") if extends.get("file") is None else None
    for item in extends.items if isinstance(extends, Seq) else (extends,):
        if isinstance(item, Scalar):
            yield item.text
    if path := reference(node.get("variables"), 2):
        yield path[0]


def _bases(node: Map, jobs: Mapping[str, Node]) -> Iterator[Map]:
    for name in names_of(node):
        base = jobs.get(name)
        if isinstance(base, Map) and base is not node:
            yield base


def _extended(
    kind: Kind, node: Map, jobs: Mapping[str, Node], seen: set[int]
) -> dict[str, Variable]:
    """seen: the bases that were looked at, each once however many ways lead to it."""
    found: dict[str, Variable] = {}
    for base in _bases(node, jobs):
        if id(base) not in seen and len(seen) < _MOST_BASES:
            seen.add(id(base))
            found |= {**_extended(kind, base, jobs, seen), **own(kind, base)}
    return found


def referenced(kind: Kind, node: Map, jobs: Mapping[str, Node]) -> dict[str, Variable]:
    """`A: !reference [.job, variables, B]`"""
    found: dict[str, Variable] = {}
    variables = node.get("variables") if kind in GITLAB else None
    for key, value in variables.items.values() if isinstance(variables, Map) else ():
        if path := reference(value, 3):
            job = jobs.get(path[0])
            there = own(kind, job).get(path[2]) if isinstance(job, Map) else None
            if there is not None:
                found[key.text] = Variable(
                    name=key.text, at=key, text=there.text, others=there.others
                )
    return found


def _of_executor(node: Map, jobs: Mapping[str, Node]) -> dict[str, Variable]:
    executor, executors = node.get("executor"), jobs.get("executors")
    name = executor.get("name") if isinstance(executor, Map) else executor
    spec = (
        executors.get(name.text)
        if isinstance(name, Scalar) and isinstance(executors, Map)
        else None
    )
    found = {**_of_image(spec), **own(Kind.CIRCLECI, spec)} if isinstance(spec, Map) else {}
    return {**found, **_of_image(node)}


def _of_image(node: Map) -> dict[str, Variable]:
    """A job's steps run in the first image."""
    docker = node.get("docker")
    first = docker.items[0] if isinstance(docker, Seq) and docker.items else None
    return own(Kind.CIRCLECI, first) if isinstance(first, Map) else {}
