"""How the action is started: by its own shims under node, as a runner does it.

On a runner the shims install requirements.lock into the tool cache. Here they find an environment in
it that is complete: one linked to the packages that this very process runs with. So nothing is
installed, and no network is asked.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ci_tokengate.sandbox.demo.telling import NotAsToldError

_PACKAGE = Path(__file__).resolve().parents[2]
_IN_A_CLONE = _PACKAGE.parents[1]
IN_A_WHEEL = Path(__file__).resolve().parent / "shims"
_LOCATE = """
import { locate } from %s;
const { python, folder } = await locate(process.env);
process.stdout.write(JSON.stringify({ base: python.base, folder }));
"""
_ENTRY = "from ci_tokengate.action import main; raise SystemExit(main())"


@dataclass(frozen=True, kw_only=True)
class Way:
    """The programs of `main` and of `post`, one after the other. `bare`: without the shims."""

    main: Sequence[Sequence[str]]
    post: Sequence[Sequence[str]]
    bare: bool


def find_action() -> Path | None:
    """The repository around this file, or the copy that a wheel carries."""
    for folder in (_IN_A_CLONE, IN_A_WHEEL):
        if (folder / "hooks" / "action" / "main.mjs").exists():
            return folder
    return None


def find_node(env: Mapping[str, str]) -> str | None:
    return shutil.which("node", path=env.get("PATH", ""))


def by_shims(node: str, action: Path) -> Way:
    hooks = action / "hooks" / "action"
    return Way(
        main=[[node, str(hooks / "main.mjs")]], post=[[node, str(hooks / "post.mjs")]], bare=False
    )


def by_python() -> Way:
    """What the shims would start, for machines without node."""
    start = [sys.executable, "-I", "-X", "utf8", "-c", _ENTRY]
    return Way(main=[[*start, "main"]], post=[[*start, "post"], [*start, "report"]], bare=True)


def fill_tool_cache(tools: Path, node: str, action: Path, env: Mapping[str, str]) -> None:
    """Puts an environment where the shims will look for it; they say themselves where that is.

    Raises NotAsToldError where node or Python cannot be run.
    """
    module = json.dumps((action / "hooks" / "action" / "environment.mjs").as_uri())
    asked = {**env, "RUNNER_TOOL_CACHE": str(tools), "INPUT_PYTHON": sys.executable}
    answer = _run([node, "--input-type=module", "-e", _LOCATE % module], asked)
    place = json.loads(answer)
    folder = Path(place["folder"])
    _run([place["base"], "-I", "-m", "venv", "--without-pip", str(folder)], env)
    minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = folder / ("Lib" if sys.platform == "win32" else f"lib/{minor}") / "site-packages"
    here = [str(_PACKAGE.parent), *(p for p in sys.path if Path(p).name in _PACKAGES)]
    (library / "demo.pth").write_text("\n".join(here) + "\n", encoding="utf-8")
    (folder / ".complete").touch()


_PACKAGES = ("site-packages", "dist-packages")


def _run(command: Sequence[str], env: Mapping[str, str]) -> bytes:
    try:
        done = subprocess.run(command, env=dict(env), check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "stderr", b"") or str(error).encode()
        said = reason.decode("utf-8", "replace").strip().splitlines()[-1][:300]
        raise NotAsToldError(f"{command[0]} prepares the tool cache ({said})") from error
    return done.stdout
