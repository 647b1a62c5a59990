"""The repository on this machine: its root, its remote, its workflows, and writing into it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from ci_tokengate.core.remote import repository_of
from ci_tokengate.errors import UsageError

_MAX_WORKFLOW = 256 * 1024


class Repository:
    """`root` is the top of the working tree that `folder` is in. Raises UsageError for none."""

    def __init__(self, folder: str, *, name: str = "") -> None:
        top = _git(folder, "rev-parse", "--show-toplevel")
        if not top and not name:
            raise UsageError(
                "This folder is in no git repository, or git is not installed.",
                hint="Run it in the repository; or give --repository owner/name to write here.",
            )
        self.root = Path(top or folder).resolve()
        self.name = name or repository_of(_git(folder, "remote", "get-url", "origin"))

    def read(self, path: str) -> str | None:
        """None where there is nothing. Raises UsageError for what is no text file of this tree."""
        found = self._inside(path)
        if not found.exists():
            return None
        try:
            return found.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise UsageError(f"{path} is there, but cannot be read as a text file.") from error

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            found = self._inside(path)
            try:
                found.parent.mkdir(parents=True, exist_ok=True)
                found.write_text(text, encoding="utf-8")
            except OSError as error:
                raise UsageError(f"{path} cannot be written ({error.strerror}).") from error

    def workflows(self) -> dict[str, str]:
        """Those that can be read; the others give nothing away."""
        found = {}
        for path in sorted((self.root / ".github" / "workflows").glob("*.y*ml")):
            try:
                if path.stat().st_size <= _MAX_WORKFLOW:
                    found[str(path.relative_to(self.root))] = path.read_text(encoding="utf-8")
            except (OSError, ValueError):
                continue
        return found

    def _inside(self, path: str) -> Path:
        """A link in the tree may lead anywhere; what it leads to is none of ours."""
        found = (self.root / path).resolve()
        if not found.is_relative_to(self.root):
            raise UsageError(f"{path} leads out of the repository, by a link.")
        return found


def _git(folder: str, *arguments: str) -> str:
    """What git says, empty where it says nothing or is not there."""
    try:
        done = subprocess.run(
            ["git", "-C", folder, *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
