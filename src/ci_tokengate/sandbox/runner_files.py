"""Reads what an action wrote for the runner: `NAME<<DELIMITER`, value, `DELIMITER`."""

from __future__ import annotations

from pathlib import Path


def read_entries(path: Path) -> dict[str, str]:
    """The entries of GITHUB_ENV, GITHUB_OUTPUT or GITHUB_STATE; the last of a name counts."""
    found: dict[str, str] = {}
    lines = iter(path.read_text(encoding="utf-8").splitlines())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        value = []
        for inner in lines:
            if inner == delimiter:
                break
            value.append(inner)
        found[name] = "\n".join(value)
    return found
