"""Files on this machine: a local policy, and the private folder of wired tools."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ci_tokengate.errors import UsageError


def read_text(path: str, what: str) -> str:
    """Raises UsageError that names `what` and the path."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(
            f"{what} {path} cannot be read ({why}).", hint="Check the path; see --policy."
        ) from error


def private_folder(parent: str | None) -> str:
    """A new folder that nobody else on this machine can read, outside the workspace."""
    try:
        return tempfile.mkdtemp(prefix="tokengate-", dir=parent or None)
    except OSError as error:
        raise UsageError(
            f"No folder can be made below {parent} ({error.strerror}).",
            hint="Is RUNNER_TEMP full or read-only?",
        ) from error


def write_files(folder: str, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)


def remove_folder(folder: str) -> None:
    """Removes a folder that `private_folder` made, and nothing else."""
    if Path(folder).name.startswith("tokengate-"):
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)
