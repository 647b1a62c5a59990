"""What a runner does for a job: its files, its variables, main, the steps' environment, post."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ci_tokengate.sandbox.demo.shims import Way
from ci_tokengate.sandbox.runner_files import read_entries

KEY = "ANTHROPIC_AUTH_TOKEN"
"""Where an agent as Claude Code finds the job key."""

_FILES = ("env", "output", "state", "summary")
_LIMIT = 60.0


@dataclass(frozen=True, kw_only=True)
class Ended:
    """`said` is what the log shows, masked; `warned` the text of the warnings and errors."""

    code: int
    said: Sequence[str]
    warned: Sequence[str]


@dataclass(kw_only=True)
class Job:
    """One job on a machine of its own. `env` is what the runner gives to main and post alike."""

    folder: Path
    env: Mapping[str, str]
    way: Way
    _masks: list[str] = field(default_factory=list, repr=False)

    def main(self) -> Ended:
        return self._phase(self.way.main, {})

    def post(self) -> Ended:
        """With the state that main wrote, and the variables that it set for the later steps."""
        state = {f"STATE_{k}": v for k, v in self._entries("state").items()}
        hand_over = {"TOKENGATE_JOB_KEY": self.key} if self.way.bare and self.key else {}
        return self._phase(self.way.post, {**self.exported, **state, **hand_over})

    def lose_the_machine(self) -> bool:
        """Starts main, and kills all it has started once the key is there: post never runs."""
        process = subprocess.Popen(
            self.way.main[0],
            env={**self.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a process group of its own, so that it can be killed by its id
        )
        end = time.monotonic() + _LIMIT
        try:
            while not self.key and process.poll() is None and time.monotonic() < end:
                time.sleep(0.01)
        finally:
            _kill_group(process)
        return bool(self.key)

    @property
    def exported(self) -> dict[str, str]:
        return self._entries("env")

    @property
    def key(self) -> str:
        """The job key, as the later steps have it; empty without one."""
        return self.exported.get(KEY, "")

    @property
    def outputs(self) -> dict[str, str]:
        return self._entries("output")

    def _entries(self, name: str) -> dict[str, str]:
        return read_entries(self.folder / name)

    def _phase(self, commands: Sequence[Sequence[str]], more: Mapping[str, str]) -> Ended:
        log, code = "", 0
        for command in commands:
            done = subprocess.run(
                command,
                env={**self.env, **more},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                timeout=_LIMIT,
                check=False,
            )
            log, code = log + done.stdout, code or done.returncode
        return self._read(code, log.splitlines())

    def _read(self, code: int, lines: Sequence[str]) -> Ended:
        """The log as the runner shows it: commands are obeyed, and masks are stars."""
        said, warned = [], []
        for line in lines:
            command, _, text = line[2:].partition("::") if line.startswith("::") else ("", "", line)
            name = command.partition(" ")[0]
            if name == "add-mask":
                self._masks.append(text)
            elif name in ("warning", "error"):
                warned.append(self._masked(text))
            elif not name:
                said.append(self._masked(text))
        return Ended(code=code, said=said, warned=warned)

    def _masked(self, text: str) -> str:
        for mask in self._masks:
            text = text.replace(mask, "***")
        return text.replace("%0A", " ").replace("%25", "%")


def new_job(folder: Path, way: Way, env: Mapping[str, str], event: Mapping[str, Any]) -> Job:
    """A job with empty files in `folder`; `event` is the payload."""
    folder.mkdir()
    for name in _FILES:
        (folder / name).touch()
    (folder / "event.json").write_text(json.dumps(event), encoding="utf-8")
    files = {
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_ENV": str(folder / "env"),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STATE": str(folder / "state"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "RUNNER_TEMP": str(folder),
    }
    return Job(folder=folder, way=way, env={**env, **files})


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Not once its end is known: the number may be somebody else's by then."""
    if sys.platform == "win32":
        process.kill()
    elif process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
