"""JSON on a terminal."""

from __future__ import annotations

import json
import re

import click

_ODD = re.compile(r"[^\n -~]")


def print_json(value: object) -> None:
    """Letters of all languages as they are; what could move a terminal's cursor, escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    click.echo(_ODD.sub(lambda found: _printed(found[0]), text))


def _printed(char: str) -> str:
    return char if char.isprintable() else json.dumps(char)[1:-1]
