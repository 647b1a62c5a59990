"""The environment that a unit's scripts start with, in values; and what refers to what only the run knows."""

from __future__ import annotations

import posixpath
import re

from ci_tokengate.scan.flows.names import base_of
from ci_tokengate.scan.flows.pipelines.scripts import scripts_of
from ci_tokengate.scan.flows.pipelines.units import Unit
from ci_tokengate.scan.flows.pipelines.variables import Variable
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.shell.model import Script
from ci_tokengate.scan.flows.shell.script import read_script
from ci_tokengate.scan.flows.shell.writes import assignments
from ci_tokengate.scan.flows.values import Kind as From
from ci_tokengate.scan.flows.values import Value, either
from ci_tokengate.scan.flows.yaml import Scalar

REFERENCE = re.compile(
    r"\$(?:\{\{|\[)\s*variables(?:\.|\[')([\w.-]+)|\$\(([\w.-]+)\)|\$\{?([A-Za-z_]\w*)|<<\s*(?:pipeline\.)?parameters\.([\w-]+)|%(\w+)%"
)
_DEFAULT = re.compile(r"\$\{[A-Za-z_]\w*:?-([^${}]+)\}")


def environment(
    repo: Repository, file: File, unit: Unit, before: dict[int, dict[str, Value]]
) -> dict[str, Value]:
    """before: what scripts that run before others set, by the node that holds them."""
    own = {variable.name for variable in unit.written}
    env = _of_files(repo, file, unit.files)
    env |= {name: value_of(repo, v) for name, v in unit.variables.items()}
    if unit.before is not None:
        if id(unit.before) not in before:
            scripts = [read(repo, s, {}) for s in scripts_of(unit.before)]
            before[id(unit.before)] = {n: v for script in scripts for _, n, v in script.sets}
        env |= before[id(unit.before)]
    env |= {name: value for name, value in unit.later.items() if name not in own}
    return env


def _of_files(repo: Repository, file: File, paths: list[str]) -> dict[str, Value]:
    """The base URLs in a Compose service's files of variables."""
    found: dict[str, Value] = {}
    for path in paths:
        there = repo.file(posixpath.join(posixpath.dirname(file.path), path))
        for name, text in assignments(there.text) if there is not None else ():
            if base_of(name):
                found[name] = (text.strip("\"'"),)
    return found


def read(repo: Repository, scalar: Scalar, env: dict[str, Value]) -> Script:
    powershell = "$env:" in scalar.text.lower()
    return read_script(_plain(scalar.text), env, repo.sources, powershell=powershell)


def value_of(repo: Repository, variable: Variable) -> Value:
    hidden = repo.sources.value(From.SECRET, variable.name)
    known = [_known(text) for text in variable.texts]
    return either(*(hidden if text is None else (text,) for text in known))


def _known(text: str | None) -> str | None:
    """A text that refers to nothing, or the default of what it refers to."""
    default = _DEFAULT.fullmatch(text or "")
    text = default[1] if default else text
    return None if text is None or REFERENCE.search(text) else text


def _plain(text: str) -> str:
    """`$(NAME)` of Azure, which is no command, as a variable."""
    return re.sub(r"\$\(([A-Za-z_][\w.-]*)\)", lambda m: f"${{{m[1].replace('-', '_')}}}", text)
