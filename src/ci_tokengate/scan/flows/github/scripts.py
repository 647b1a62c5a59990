"""The script of a step, read under what the step sees; where nothing in it can matter, not at all."""

from __future__ import annotations

import re

from ci_tokengate.scan.flows.agents.commands import recognise
from ci_tokengate.scan.flows.github.entries import text_of
from ci_tokengate.scan.flows.github.evaluate import Scope
from ci_tokengate.scan.flows.github.model import Act, JobRun
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.shell.code import code_starts, code_writes
from ci_tokengate.scan.flows.shell.model import Call, Script
from ci_tokengate.scan.flows.shell.reach import Reach
from ci_tokengate.scan.flows.shell.script import read_script
from ci_tokengate.scan.flows.shell.unwrap import start
from ci_tokengate.scan.flows.values import EMPTY, either
from ci_tokengate.scan.flows.yaml import Map, Scalar

_MOST_SCRIPTS = 6
_INTERESTING = re.compile(
    r"claude|codex|gemini|aider|opencode|qwen|copilot|goose|openhands|pr[-_]agent|crush|swe-?agent|cline|kilo|\bcn |gptme"
    r"|interpreter|plandex|cursor|coderabbit|\bcr |\bamp |droid|auggie|\bq |kiro|jules|\bagent |warp|\boz |\bmini |\bpi |rovodev"
    r"|GITHUB_ENV|GITHUB_OUTPUT|tokengate|KEY|TOKEN|BASE|pull/|pr checkout|git |repo clone|archive/|(?:tar|zip)ball|bedrock|aiplatform|://|\.ai\b|\.com\b"
    r"|llm|gcloud|docker|podman|npx|uvx|bunx|dlx|\baz |agent-task|\.(?:sh|py|[mc]?[jt]s)\b|\b(?:npm|pnpm|yarn|bun|make|just|task)\b|(?:source|\.) |\./\w|^\s*[\"']?\$\{?[A-Za-z_]",
    re.IGNORECASE | re.MULTILINE,
)
_CODE = ("python", "node")
_RUN_INPUTS = ("command", "run", "cmd", "script", "commands", "inlinescript", "scripts", "runcmd")


def read_scripts(repo: Repository, job: JobRun, act: Act, scope: Scope) -> None:
    """Fills in `act.scalar` and `act.script`."""
    run = act.node.get("run")
    _, entry = next(((n, e) for n, e in act.inputs.items() if n in _RUN_INPUTS), ("", None))
    scalar = run if isinstance(run, Scalar) else entry.node if entry else None
    if not isinstance(scalar, Scalar):
        return
    act.scalar = scalar
    texts = scope.text(scalar.text)[:_MOST_SCRIPTS]
    if not any(_INTERESTING.search(text) for text in texts):
        return
    shell = text_of(act.node.get("shell")) or _default(job, "shell")
    if act.uses.lower().startswith("actions/github-script@") or shell.startswith(_CODE):
        act.script = _merged([_read_code(text, act, scope) for text in texts])
        return
    if not shell and "windows" in text_of(job.node.get("runs-on")):
        shell = "pwsh"
    reach = Reach(read=lambda path: _read(repo, path), written=job.written)
    folder = text_of(act.node.get("working-directory")) or _default(job, "working-directory")
    read = [
        read_script(
            text,
            act.env,
            scope.sources,
            powershell=shell.startswith(("pwsh", "powershell")),
            open_names=False,
            reach=reach.into(scope.text(folder)[0]) if folder else reach,
        )
        for text in texts
    ]
    act.script = read[0] if len(read) == 1 else _merged(read)


def _read(repo: Repository, path: str) -> str | None:
    file = repo.file(path)
    return file.text if file else None


def _read_code(text: str, act: Act, scope: Scope) -> Script:
    script = Script(env=list(code_writes(text, scope.sources)))
    for line, words in code_starts(text):
        started = start(words)
        agent = recognise(started.name, started.args)
        if agent is not None:
            script.calls.append(
                Call(agent=agent, args=started.args, env=act.env, line=line, word=started.name, gated=started.gated)
            )  # fmt: skip
    return script


def _merged(scripts: list[Script]) -> Script:
    whole = Script()
    for script in scripts:
        for name in ("calls", "ran", "outputs", "files", "sets", "gates", "heads", "codes"):
            getattr(whole, name).extend(getattr(script, name))
        whole.unsure |= script.unsure
        whole.open += script.open
    names = {name for script in scripts for name, _ in script.env}
    for name in sorted(names):
        values = [dict(script.env).get(name, EMPTY) for script in scripts]
        whole.env.append((name, either(*values)))
    return whole


def _default(run: JobRun, name: str) -> str:
    """What `defaults.run` says, the job's before the workflow's."""
    for node in (run.node, run.root):
        defaults = node.get("defaults")
        below = defaults.get("run") if isinstance(defaults, Map) else None
        if isinstance(below, Map) and text_of(below.get(name)):
            return text_of(below.get(name))
    return ""
