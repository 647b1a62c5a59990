"""The product's two entries, called in this process as a shell or the runner calls them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ci_tokengate.action import main as action
from ci_tokengate.cli import main as cli
from ci_tokengate.sandbox.runner_files import read_entries

FILES = ("env", "output", "state", "summary")


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a call of an entry ended, and what it said."""

    code: int
    out: str = field(repr=False)
    err: str = field(repr=False)

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass(frozen=True, kw_only=True)
class Step(Done):
    """The same of a step of the action, with what it wrote into the runner's files."""

    outputs: Mapping[str, str] = field(repr=False)
    state: Mapping[str, str] = field(repr=False)
    exported: Mapping[str, str] = field(repr=False)
    summary: str = field(repr=False)


def run_cli(env: Mapping[str, str], *args: str) -> Done:
    """`ci-tokengate ARGS…`."""

    def called() -> int:
        before = signal.getsignal(signal.SIGTERM)
        try:
            cli()
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 1
        finally:
            signal.signal(signal.SIGTERM, before)
        return 0

    with contextlib.ExitStack() as stack:
        argv, sys.argv = sys.argv, ["ci-tokengate", *args]
        stack.callback(setattr, sys, "argv", argv)
        return _captured(env, called)


class Job:
    """One job on a runner: its files, its event and its inputs."""

    def __init__(self, folder: Path, event: Any, env: Mapping[str, str]) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        for name in FILES:
            (folder / name).touch()
        text = event if isinstance(event, str) else json.dumps(event)
        (folder / "event.json").write_text(text, encoding="utf-8")
        self.env = {
            "PATH": os.environ.get("PATH", ""),
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_RUN_ID": "9001",
            "GITHUB_JOB": "review",
            "RUNNER_TEMP": str(folder),
            **{f"GITHUB_{name.upper()}": str(folder / name) for name in FILES if name != "summary"},
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            **env,
        }

    def main(self, **inputs: str) -> Step:
        """`proxy_url="…"` is the input `proxy-url`."""
        return self._step(
            "main", {f"INPUT_{k.upper().replace('_', '-')}": v for k, v in inputs.items()}
        )

    def report(self, **inputs: str) -> Step:
        """The comment, after post."""
        return self.post(phase="report", **inputs)

    def post(self, *, phase: str = "post", **inputs: str) -> Step:
        """With the state that main wrote, and the key as later steps have it."""
        state = read_entries(self.folder / "state")
        key = read_entries(self.folder / "env").get("ANTHROPIC_AUTH_TOKEN", "")
        at_hand = {"TOKENGATE_JOB_KEY": key} if key else {}
        named = {f"INPUT_{k.upper().replace('_', '-')}": v for k, v in inputs.items()}
        return self._step(phase, {f"STATE_{k}": v for k, v in state.items()} | at_hand | named)

    def _step(self, phase: str, more: Mapping[str, str]) -> Step:
        done = _captured({**self.env, **more}, lambda: action([phase]))
        return Step(
            code=done.code,
            out=done.out,
            err=done.err,
            outputs=read_entries(self.folder / "output"),
            state=read_entries(self.folder / "state"),
            exported=read_entries(self.folder / "env"),
            summary=(self.folder / "summary").read_text(encoding="utf-8"),
        )


def _captured(env: Mapping[str, str], call: Callable[[], int]) -> Done:
    out, err = io.StringIO(), io.StringIO()
    with (
        _environment(env),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = call()
    return Done(code=code, out=out.getvalue(), err=err.getvalue())


@contextlib.contextmanager
def _environment(env: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(env)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
