"""python -m tests.bench [-n RUNS] [--cold RUNS] [--stand-in]: how long the action takes, as whole processes.

Warm: main and post on an environment that is there. Cold: main from an empty tool cache, with uv and with pip alone
(these need a package index). The proxy is a double on this machine; its own time is named, and subtracted.
Without src/ci_tokengate/action.py (or with --stand-in) the Python half is the tests' stand-in plus the imports it will have.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.act.harness import ROOT, ship
from tests.hooks.conftest import NODE, Shims
from tests.hooks.stand_in import plant

IMPORTS = "import httpx, pydantic, ruamel.yaml\n"


def median(runs: int, measure: Callable[[], float]) -> tuple[float, float, float]:
    times = [measure() for _ in range(runs)]
    return statistics.median(times), min(times), max(times)


def timed(shims: Shims, verb: str, env: dict[str, str]) -> float:
    start = time.perf_counter()
    ended = shims.run(verb, env)
    seconds = time.perf_counter() - start
    if ended.code not in (0, 1):
        raise SystemExit(f"{verb} ended with {ended.code}:\n{ended.out}{ended.err}")
    return seconds


def process(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def uv_folder(folder: Path) -> Path | None:
    """A folder with uv and nothing else."""
    uv = shutil.which("uv") or next(
        (str(p) for p in [ROOT / ".cache/uv/bin/uv"] if p.exists()), None
    )
    if not uv:
        return None
    (folder / "uv-only").mkdir()
    (folder / "uv-only" / "uv").symlink_to(uv)
    return folder / "uv-only"


def python_folder(folder: Path) -> Path:
    """A folder with python3 and nothing else, so that no other uv is found."""
    base: str = getattr(sys, "_base_executable", sys.executable)
    (folder / "python-only").mkdir()
    shim = folder / "python-only" / "python3"
    shim.write_text(f'#!/bin/sh\nexec "{base}" "$@"\n')
    shim.chmod(0o755)
    return folder / "python-only"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("-n", type=int, default=15, help="warm runs")
    parser.add_argument("--cold", type=int, default=3, help="cold runs; 0 without a package index")
    parser.add_argument("--stand-in", action="store_true", help="not the real Python half")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for label, figures in measure(Path(name), options):
            print(f"{label:<44}" + "".join(f"{figure:>9.3f}" for figure in figures), flush=True)


def measure(folder: Path, options: argparse.Namespace) -> list[tuple[str, tuple[float, ...]]]:
    action = ship(folder / "action")
    if options.stand_in or not (action / "src" / "ci_tokengate" / "action.py").exists():
        half = plant(action) / "src" / "ci_tokengate" / "action.py"
        half.write_text(IMPORTS + half.read_text())
        print("Python half: the stand-in. It calls no proxy, so the proxy's own time is 0.")
    else:
        # The real half talks to a proxy and a code host: plug the sandbox in here when it lands.
        print(
            "Python half: the real one, in mode `gate` against TOKENGATE_BENCH_PROXY; its time includes the proxy's."
        )
    print(f"{'seconds':<44}{'median':>9}{'least':>9}{'most':>9}")
    python = python_folder(folder)
    uv = uv_folder(folder)
    for kept in ("home", "temp", "tmp"):
        (folder / kept).mkdir()
    env = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("GITHUB_", "RUNNER_", "PYTHON", "VIRTUAL_ENV"))
    }
    env |= {
        "PATH": str(python),
        "RUNNER_TEMP": str(folder / "temp"),
        "RUNNER_TOOL_CACHE": str(folder / "tools"),
        "GITHUB_STATE": str(folder / "state"),
        "INPUT_PROXY-KEY": "sk-minter",
        "INPUT_PROXY-URL": os.environ.get("TOKENGATE_BENCH_PROXY", "http://127.0.0.1:9"),
        "INPUT_MODE": "gate",
    }
    shims = Shims(action=action, folder=folder, env=env)
    rows: list[tuple[str, tuple[float, ...]]] = []

    def row(label: str, runs: int, once: Callable[[], float]) -> None:
        if runs:
            rows.append((label, median(runs, once)))

    def cold(path: str) -> float:
        shutil.rmtree(folder / "tools", ignore_errors=True)
        (folder / "state").unlink(missing_ok=True)
        return timed(shims, "main", {"PATH": path})

    row("node alone", options.n, lambda: process(NODE, "-e", "0"))
    row("main, cold, pip alone", options.cold, lambda: cold(str(python)))
    if uv:
        row("main, cold, uv on PATH", options.cold, lambda: cold(f"{uv}{os.pathsep}{python}"))
    (folder / "state").unlink(missing_ok=True)
    timed(shims, "main", {"PATH": f"{uv}{os.pathsep}{python}"})
    row("main, warm", options.n, lambda: timed(shims, "main", {}))
    after = shims.in_post()
    row("post, warm", options.n, lambda: timed(shims, "post", after))
    row("post without a key", options.n, lambda: timed(shims, "post", {}))
    return rows


if __name__ == "__main__":
    main()
