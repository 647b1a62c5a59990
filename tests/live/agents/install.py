"""Installs the pinned agents and SDKs below `.live/` in the repository's root, once per set of pins."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
LIVE = REPOSITORY / ".live"
NODE = LIVE / "node"
PYTHONS = {"sdks": "3.11", "aider": "3.12"}


def node_programs() -> Path:
    """The folder of the coding agents' commands."""
    with _once("node", HERE / "package.json", HERE / "package-lock.json") as fresh:
        if fresh:
            NODE.mkdir(parents=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / name, NODE)
            # not `npm ci`: some optional packages of qwen-code are not published for every platform
            _run("npm", "install", "--no-save", "--no-audit", "--no-fund", cwd=NODE)
    return NODE / "node_modules" / ".bin"


def python_programs(name: str) -> Path:
    """The folder of the commands of one Python environment."""
    pins = HERE / f"{name}.txt"
    home = LIVE / name
    with _once(name, pins) as fresh:
        if fresh:
            uv = _uv()
            _run(uv, "venv", "--quiet", "--python", _interpreter(PYTHONS[name]), str(home))
            python = str(home / "bin" / "python")
            _run(uv, "pip", "install", "--quiet", "--python", python, "-r", str(pins))
    return home / "bin"


@contextmanager
def _once(name: str, *pins: Path) -> Iterator[bool]:
    """Holds a lock; yields whether `name` is to be installed, and notes that it was."""
    LIVE.mkdir(exist_ok=True)
    with (LIVE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = LIVE / f"{name}.stamp"
        wanted = hashlib.sha256(b"".join(pin.read_bytes() for pin in pins)).hexdigest()
        fresh = not (stamp.exists() and stamp.read_text() == wanted)
        if fresh:
            shutil.rmtree(LIVE / name, ignore_errors=True)
        yield fresh
        stamp.write_text(wanted)


def _uv() -> str:
    return shutil.which("uv") or str(REPOSITORY / ".cache" / "uv" / "bin" / "uv")


def _interpreter(version: str) -> str:
    """A path, if one can be found: not every manager of Pythons puts all of them on PATH."""
    if sys.version.startswith(f"{version}."):
        return sys.executable
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = sorted(root.glob(f"versions/{version}.*/bin/python"))
    return str(found[-1]) if found else version


def _run(*command: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
