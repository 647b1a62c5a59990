"""GitHub's runner: environment files and workflow commands.

Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import secrets
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TextIO

from ci_tokengate.core.quiet import quiet
from ci_tokengate.core.redact import redact
from ci_tokengate.core.tools.forbidden import is_forbidden
from ci_tokengate.errors import UsageError

_SAFE_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")


class GitHubRunner:
    """`files` are the runner's variables (GITHUB_OUTPUT …)."""

    def __init__(self, files: Mapping[str, str], out: TextIO | None = None) -> None:
        self._files = files
        self._out = out or sys.stdout
        self._secrets: list[str] = []

    def hide(self, values: Iterable[str]) -> None:
        """Takes these out of everything written for people, without a workflow command."""
        self._secrets += [v.strip() for v in values if v.strip()]

    def mask(self, secret: str) -> None:
        """The runner masks base64 by itself, hex it does not (runner-images, HostContext)."""
        raw = secret.encode()
        for form in (secret, raw.hex(), base64.b64encode(raw).decode()):
            print(f"::add-mask::{_data(form)}", file=self._out, flush=True)
        self.hide([secret])

    def state(self, name: str, value: str) -> None:
        self._append("GITHUB_STATE", name, value)

    def output(self, name: str, value: str) -> None:
        self._append("GITHUB_OUTPUT", name, value)

    def export(self, env: Mapping[str, str]) -> None:
        for name, value in env.items():
            if not _SAFE_NAME.fullmatch(name) or is_forbidden(name):
                raise UsageError(f"Refusing to set {name!r} for later steps.")
            self._append("GITHUB_ENV", name, value)

    def annotate(self, level: str, title: str, text: str) -> None:
        """`level` is notice, warning or error."""
        shown = _data(redact(text, self._secrets))
        print(f"::{level} title={_property(title)}::{shown}", file=self._out, flush=True)

    def command(self, line: str) -> None:
        """A workflow command that is escaped already, such as an annotation with its place."""
        print(redact(line, self._secrets), file=self._out, flush=True)

    def say(self, text: str) -> None:
        """Plain log lines; none of them can be taken for a command."""
        print(quiet(redact(text, self._secrets)), file=self._out, flush=True)

    def summary(self, markdown: str) -> None:
        path = self._files.get("GITHUB_STEP_SUMMARY")
        if path:
            self._write(path, redact(markdown, self._secrets) + "\n")

    def _append(self, file: str, name: str, value: str) -> None:
        """`name<<DELIMITER` with a random delimiter, so that no value can end it."""
        path = self._files.get(file)
        if not path:
            return
        delimiter = f"tokengate_{secrets.token_hex(16)}"
        _make_private(path)
        self._write(path, f"{name}<<{delimiter}\n{value}\n{delimiter}\n")

    def _write(self, path: str, text: str) -> None:
        try:
            with Path(path).open("a", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise UsageError(
                f"The runner's file {path} cannot be written ({error.strerror}).",
                hint="Is the runner's temporary folder full or read-only?",
            ) from error


def _make_private(path: str) -> None:
    """The key stands in the file until the runner, which owns it, has read it; it is made for all to read."""
    with contextlib.suppress(OSError):
        os.chmod(path, 0o600)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
