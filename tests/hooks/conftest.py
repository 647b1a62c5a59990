from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.act.harness import prepare_tools, ship
from tests.hooks.proxy_double import ProxyDouble
from tests.hooks.stand_in import plant

NODE = os.environ.get("TOKENGATE_TEST_NODE") or shutil.which("node") or "node"
"""The tests run on the node of PATH, or on another release: TOKENGATE_TEST_NODE=/path/to/node24."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one error annotation, as it was printed."""
        [line] = [x for x in self.out.splitlines() if x.startswith("::error")]
        return line


@dataclass(kw_only=True)
class Shims:
    """The shims of a copy of the action, started as the runner starts them."""

    action: Path
    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def start(self, verb: str, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [NODE, str(self.action / "hooks" / "action" / f"{verb}.mjs")],
            env={k: v for k, v in {**self.env, **env}.items() if v != "-"},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, verb: str, env: dict[str, str] | None = None) -> Ended:
        process = self.start(verb, **(env or {}))
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
        return Ended(code=process.returncode, out=out, err=err)

    @property
    def state(self) -> dict[str, str]:
        """GITHUB_STATE, as the runner reads it: what was written last counts."""
        text = (self.folder / "state").read_text()
        found = re.findall(r"^([\w-]+)<<(\S+)\n(.*?)\n?\2$", text, re.M | re.S)
        return {name: value.rstrip("\n") for name, _, value in found}

    def in_post(self, **more: str) -> dict[str, str]:
        """The environment of post after main."""
        return {**{f"STATE_{k}": v for k, v in self.state.items()}, **more}

    def seen(self, verb: str) -> dict[str, Any]:
        """What the stand-in has noted: argv, env, path, flags, executable."""
        loaded: dict[str, Any] = json.loads((self.folder / f"{verb}.json").read_text())
        return loaded


@pytest.fixture(scope="session")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plant(ship(tmp_path_factory.mktemp("action")))


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory, action: Path) -> Path:
    return prepare_tools(tmp_path_factory.mktemp("tools"), action)


@pytest.fixture
def shims(tmp_path: Path, action: Path, tools: Path) -> Shims:
    for name in ("home", "temp", "tmp"):
        (tmp_path / name).mkdir()
    env = {
        "PATH": f"{tools / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "RUNNER_TOOL_CACHE": str(tools),
        "GITHUB_STATE": str(tmp_path / "state"),
        "INPUT_POLICY": str(tmp_path),
        "INPUT_PROXY-KEY": "sk-minter-secret",
    }
    return Shims(action=action, folder=tmp_path, env=env)


@pytest.fixture
def proxy() -> Iterator[ProxyDouble]:
    with ProxyDouble() as double:
        yield double
