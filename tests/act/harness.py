"""Run a workflow that uses this action, without GitHub and without docker, by `act`.

    run = act.run(WORKFLOW, event="pull_request", payload="pull_request.opened", secrets={"KEY": "…"})
    assert run.step("gate").result == "success"
    assert run.outputs("gate")["allowed"] == "true"

Each run has a folder, a home and a tool cache of its own. act is not the runner: what differs stands in
`Run`'s and `Running`'s docstrings where it matters.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAYLOADS = ROOT / "tests" / "payloads"
SHIPPED = ("action.yml", "hooks", "src", "requirements.lock", "requirements-ledger.lock")
"""What of the repository a workflow's `uses:` needs."""

Event = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Step:
    id: str
    name: str
    stage: str
    """Main or Post."""
    result: str
    """success, failure or skipped; empty if act was stopped in the middle."""
    seconds: float
    log: str


@dataclass(frozen=True, kw_only=True)
class Annotation:
    level: str
    title: str
    message: str
    step: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class Run:
    """What act has said about a run, from `--json`. Masks are act's: literal, not the runner's encoders."""

    exit_code: int
    events: tuple[Event, ...]
    text: str
    """All that was printed, as it was printed: search it for what must not be there."""
    workspace: Path
    seconds: float

    @property
    def steps(self) -> list[Step]:
        """In the order they were started."""
        return list(self._steps())

    def step(self, step_id: str, stage: str = "Main", job: str | None = None) -> Step:
        found = [s for s in self._steps(job) if (s.id, s.stage) == (step_id, stage)]
        if not found:
            raise AssertionError(f"step {step_id} ({stage}) was not run:\n{self.log}")
        return found[0]

    def ran(self, step_id: str, stage: str = "Main") -> bool:
        return any((s.id, s.stage) == (step_id, stage) for s in self._steps())

    def outputs(self, step_id: str) -> dict[str, str]:
        """What the step has set; the job's outputs and `needs` are for the workflow to print."""
        return {
            e["name"]: e["arg"]
            for e in self.events
            if e.get("command") == "set-output" and _step_id(e) == step_id
        }

    @property
    def summaries(self) -> list[str]:
        return [e["content"] for e in self.events if e.get("command") == "summary"]

    @property
    def annotations(self) -> list[Annotation]:
        return [
            Annotation(
                level=e["command"],
                title=e.get("kvPairs", {}).get("title", ""),
                message=e.get("arg", ""),
                step=_step_id(e),
                stage=e.get("stage", ""),
            )
            for e in self.events
            if e.get("command") in ("error", "warning", "notice")
        ]

    @property
    def log(self) -> str:
        """The steps' own output."""
        return "".join(e["msg"] for e in self.events if e.get("raw_output"))

    def job_result(self, job: str) -> str:
        return next(
            (e["jobResult"] for e in self.events if e.get("jobResult") and e["jobID"] == job), ""
        )

    def _steps(self, job: str | None = None) -> Iterator[Step]:
        grouped: dict[tuple[str, str, str], list[Event]] = {}
        for event in self.events:
            if event.get("stage") in ("Main", "Post") and job in (None, event.get("jobID")):
                key = (event.get("job", ""), event["stage"], _step_id(event))
                grouped.setdefault(key, []).append(event)
        for (_, stage, step_id), events in grouped.items():
            end = next((e for e in events if "stepResult" in e), {})
            yield Step(
                id=step_id,
                name=events[0].get("step", ""),
                stage=stage,
                result=end.get("stepResult", ""),
                seconds=end.get("executionTime", 0) / 1e9,
                log="".join(e["msg"] for e in events if e.get("raw_output")),
            )


def _step_id(event: Event) -> str:
    """A step's id; for one inside a composite, its path."""
    return "/".join(event.get("stepID") or ())


class Running:
    """act while it runs. Its cancelling is harsher than the runner's: SIGKILL for the step's whole tree at
    once, where the runner sends SIGINT to node alone and waits. A second signal kills post as well."""

    def __init__(self, process: subprocess.Popen[str], workspace: Path) -> None:
        self.process = process
        self.workspace = workspace
        self._started = time.monotonic()
        self._lines: list[str] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()

    def wait_for(self, text: str, timeout: float = 30) -> None:
        """Until `text` stands in a message of act's or in a step's output."""
        with self._news:
            if not self._news.wait_for(
                lambda: any(text in _message(x) for x in self._lines), timeout
            ):
                raise AssertionError(f"{text!r} did not come:\n{''.join(self._lines)}")

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> None:
        """SIGINT or SIGTERM: the job is cancelled, post steps run."""
        self.process.send_signal(number)

    def vanish(self) -> None:
        """SIGKILL for act and all it has started: the machine is gone, post never runs."""
        family = [self.process.pid, *_descendants(self.process.pid)]
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def finish(self, timeout: float = 60) -> Run:
        try:
            exit_code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.vanish()
            raise AssertionError(
                f"act did not end within {timeout} s:\n{''.join(self._lines)}"
            ) from None
        self._reader.join(5)
        assert self.process.stdout
        self.process.stdout.close()
        return Run(
            exit_code=exit_code,
            events=tuple(e for e in map(_event, self._lines) if e),
            text="".join(self._lines),
            workspace=self.workspace,
            seconds=time.monotonic() - self._started,
        )


def _event(line: str) -> Event:
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def _message(line: str) -> str:
    return str(_event(line).get("msg", line))


def _descendants(pid: int) -> list[int]:
    """By /proc; children first started come first."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = list(parents.get(pid, []))
    for child in found:
        found.extend(parents.get(child, []))
    return found


class Act:
    """Starts runs below `folder`, with `action` as org/ci-tokengate@v1 and the tool cache in `tools`."""

    def __init__(self, folder: Path, *, action: Path, tools: Path) -> None:
        self.folder = folder
        self.action = action
        self.tools = tools
        self._count = 0

    def run(self, workflow: str, *, timeout: float = 60, **options: Any) -> Run:
        """`start`, to the end."""
        return self.start(workflow, **options).finish(timeout)

    def start(
        self,
        workflow: str,
        *,
        event: str = "pull_request",
        payload: str | Mapping[str, Any] = "pull_request.opened",
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        host_env: Mapping[str, str] | None = None,
        files: Mapping[str, str] | None = None,
        actions: Mapping[str, Path] | None = None,
        origin: str = "https://github.com/org/app.git",
        actor: str = "alice",
        job: str | None = None,
        action: Path | None = None,
        tools: Path | None = None,
        on_commit: Callable[[str], None] = lambda _: None,
    ) -> Running:
        """Start act in a fresh repository.

        payload   a name in tests/payloads, or the payload itself
        env       variables of the workflow (GITHUB_API_URL, GITHUB_RUN_ID …); host_env: of act itself, so
                  of every step too, as on a self-hosted runner
        files     further files of the repository, by path
        actions   further actions, {"actions/setup-python@v5": folder}
        on_commit is told the commit that the run is at, before it starts
        tools     another tool cache than the prepared one, to see a cold start
        """
        self._count += 1
        home = self.folder / f"run-{self._count}"
        workspace = home / "app"
        _repository(
            workspace, {".github/workflows/workflow.yml": workflow, **(files or {})}, origin
        )
        head = ["git", "rev-parse", "HEAD"]
        on_commit(subprocess.check_output(head, cwd=workspace, text=True).strip())
        _link(home / "cache" / "act" / "tool_cache", tools or self.tools)
        (home / "event.json").write_text(json.dumps(_payload(payload)))
        known = {"org/ci-tokengate@v1": action or self.action, **(actions or {})}
        command = [
            _program("act"), event, "--json", "-e", str(home / "event.json"), "-a", actor,
            "-P", "ubuntu-latest=-self-hosted", "--no-cache-server", "--container-daemon-socket", "-",
            *_repeated("-s", secrets), *_repeated("--var", variables), *_repeated("--env", env),
            *_repeated("--local-repository", {k: str(v) for k, v in known.items()}),
            *(["-j", job] if job else []),
        ]  # fmt: skip
        (home / "home").mkdir()
        host = {
            "PATH": f"{(tools or self.tools) / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home / "home"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "LANG": "C.UTF-8",
            **(host_env or {}),
        }
        process = subprocess.Popen(
            command,
            cwd=workspace,
            env=host,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        return Running(process, workspace)


def _program(name: str) -> str:
    """A program of the dev environment, also when that is not activated."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise RuntimeError(f"{name} is missing: run `make setup`")
    return found


def _repeated(flag: str, values: Mapping[str, str] | None) -> list[str]:
    return [part for name, value in (values or {}).items() for part in (flag, f"{name}={value}")]


def _payload(payload: str | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(payload, str):
        loaded: dict[str, Any] = json.loads((PAYLOADS / f"{payload}.json").read_text())
        return loaded
    return payload


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir(parents=True)
    link.symlink_to(target, target_is_directory=True)


def _repository(folder: Path, files: Mapping[str, str], origin: str) -> None:
    """One commit: act reads owner and name from the remote. A file that git ignores is not seen."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    identity = ["-c", "user.name=alice", "-c", "user.email=alice@example.com"]
    for command in (
        ["init", "--quiet", "--template=", "--initial-branch=main"],
        ["add", "--all"],
        [*identity, "commit", "--quiet", "--message=One"],
        ["remote", "add", "origin", origin],
    ):
        environment = {
            **os.environ,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }
        subprocess.run(["git", *command], cwd=folder, env=environment, check=True)


def ship(folder: Path, source: Path = ROOT, *, compiled: bool = False) -> Path:
    """A copy of the action as `uses:` would fetch it; `compiled`: with the bytecode that is there."""
    ignored = shutil.ignore_patterns(*([] if compiled else ["__pycache__"]))
    for name in SHIPPED:
        if (source / name).is_dir():
            shutil.copytree(source / name, folder / name, ignore=ignored)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / name, folder / name)
    return folder


def link(folder: Path, shipped: Path) -> Path:
    """The same action as links to a copy that all runs share: `action.yml` is act's to read, the rest is
    node's, which follows links. So no run copies the sources, nor compiles them once more; a runner, too,
    has the same action in the same place from job to job."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(shipped / "action.yml", folder)
    for name in SHIPPED[1:]:
        (folder / name).symlink_to(shipped / name)
    return folder


LOCATE = """
import { locate } from %s;
const { python, folder } = await locate(process.env);
console.log(JSON.stringify({ base: python.base, folder }));
"""


def prepare_tools(folder: Path, action: Path = ROOT) -> Path:
    """A tool cache with the action's environment in it, without a network: a real venv, made with the
    interpreter of the dev environment and linked to its packages. `bin/python3` starts that interpreter;
    put `bin` on PATH first, so that the action finds the same one."""
    base: str = getattr(sys, "_base_executable", sys.executable)
    (folder / "bin").mkdir(parents=True)
    shim = folder / "bin" / "python3"
    shim.write_text(f'#!/bin/sh\nexec "{base}" "$@"\n')
    shim.chmod(0o755)
    module = json.dumps((action / "hooks" / "action" / "environment.mjs").as_uri())
    env = {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TOOL_CACHE": str(folder),
    }
    located = subprocess.run(
        ["node", "--input-type=module", "-e", LOCATE % module],
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    place = json.loads(located.stdout)
    venv = Path(place["folder"])
    subprocess.run([place["base"], "-I", "-m", "venv", "--without-pip", str(venv)], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    link = venv / "lib" / version / "site-packages" / "dev-environment.pth"
    link.write_text(sysconfig.get_path("purelib") + "\n")
    (venv / ".complete").touch()
    return folder
