"""The script of a step, read under what the step sees; where nothing in it can matter, not at all."""

from __future__ import annotations

import re

from ci_tokengate.scan.flows.github.evaluate import Scope
from ci_tokengate.scan.flows.github.model import Act, JobRun
from ci_tokengate.scan.flows.shell.script import Script, python_writes, read_script
from ci_tokengate.scan.flows.values import EMPTY, either
from ci_tokengate.scan.flows.yaml import Map, Scalar

_MOST_SCRIPTS = 6
_INTERESTING = re.compile(
    r"claude|codex|gemini|aider|opencode|qwen|copilot|goose|openhands|pr[-_]agent|crush|swe-?agent|cline|kilo|\bcn |gptme"
    r"|interpreter|plandex|cursor|coderabbit|\bcr |\bamp |droid|auggie|\bq |kiro|jules|\bagent |warp|\boz |\bpi |rovodev"
    r"|GITHUB_ENV|GITHUB_OUTPUT|tokengate|KEY|TOKEN|BASE|pull/|pr checkout|git |bedrock|aiplatform|://|\.ai\b|\.com\b"
    r"|llm|gcloud|\baz |agent-task",
    re.IGNORECASE,
)
_RUN_INPUTS = ("command", "run", "cmd", "script", "commands", "inlinescript", "scripts", "runcmd")


def read_scripts(job: JobRun, act: Act, scope: Scope) -> None:
    run = act.node.get("run")
    _, entry = next(((n, e) for n, e in act.inputs.items() if n in _RUN_INPUTS), ("", None))
    scalar = run if isinstance(run, Scalar) else entry.node if entry else None
    if not isinstance(scalar, Scalar):
        return
    act.scalar = scalar
    texts = scope.text(scalar.text)[:_MOST_SCRIPTS]
    if not any(_INTERESTING.search(text) for text in texts):
        return
    shell = _text(act.node, "shell") or _default_shell(job)
    if act.uses.lower().startswith("actions/github-script@") or shell.startswith(
        ("python", "node")
    ):
        act.script = Script(env=[w for t in texts for w in python_writes(t, scope.sources)])
        return
    powershell = shell.startswith(("pwsh", "powershell"))
    read = [
        read_script(text, act.env, scope.sources, powershell=powershell, open_names=False)
        for text in texts
    ]
    act.script = read[0] if len(read) == 1 else _merged(read)


def _merged(scripts: list[Script]) -> Script:
    whole = Script()
    for script in scripts:
        for name in ("calls", "ran", "outputs", "files", "sets", "gates", "heads"):
            getattr(whole, name).extend(getattr(script, name))
    names = {name for script in scripts for name, _ in script.env}
    for name in sorted(names):
        values = [dict(script.env).get(name, EMPTY) for script in scripts]
        whole.env.append((name, either(*values)))
    return whole


def _default_shell(run: JobRun) -> str:
    for node in (run.node, run.root):
        defaults = node.get("defaults")
        below = defaults.get("run") if isinstance(defaults, Map) else None
        if isinstance(below, Map) and _text(below, "shell"):
            return _text(below, "shell")
    return "pwsh" if "windows" in _text(run.node, "runs-on") else ""


def _text(node: Map, name: str) -> str:
    found = node.get(name)
    return found.text if isinstance(found, Scalar) else ""
