"""Repositories for tests."""

from __future__ import annotations

import subprocess
from pathlib import Path

SETTINGS = "[user]\n\tname = t\n\temail = t@example.org\n[commit]\n\tgpgsign = false\n"


class Repo:
    """A git repository of its own, with no settings of the user's."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet", "--template=", "--initial-branch=main", ".")
        (root / ".git" / "hooks").mkdir(
            exist_ok=True
        )  # of the template, whose examples are many files
        with (root / ".git" / "config").open("a") as config:
            config.write(SETTINGS)

    def git(self, *args: str) -> str:
        done = subprocess.run(
            ["git", *args], cwd=self.root, capture_output=True, text=True, check=True
        )
        return done.stdout

    def write(self, path: str, text: str | bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    def add(self) -> None:
        self.git("add", "--all")

    def commit(self) -> None:
        self.add()
        self.git("commit", "--quiet", "--no-verify", "--message", "x")
