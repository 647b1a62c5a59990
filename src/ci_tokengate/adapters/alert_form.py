"""Alerts and what is remembered of them as JSON text, and back. Ours to read only: `render.watch` writes for others."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from dataclasses import replace
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from ci_tokengate.core.watch.alert import Alert, SpikeAlert, TierAlert
from ci_tokengate.core.watch.incident import Memory

_ALERT: TypeAdapter[SpikeAlert | TierAlert] = TypeAdapter(
    Annotated[SpikeAlert | TierAlert, Field(discriminator="type")]
)
_MEMORY = TypeAdapter(Memory)
_MARKER = re.compile(r"<!-- tokengate:watch:1:([A-Za-z0-9_=-]+) -->\s*\Z")
_LONGEST = 40_000
"""Characters of a marker: an issue's text has 65,536 in all."""
_LARGEST = 2**20
"""Bytes that a marker may unfold to: who may write in the repository may edit it."""


def alert_text(alert: Alert) -> str:
    return _ALERT.dump_json(alert).decode()


def alert_from(text: str) -> Alert | None:
    """None for what another version wrote."""
    try:
        return _ALERT.validate_json(text)
    except ValidationError:
        return None


def with_marker(text: str, memory: Memory) -> str:
    """What is owed goes first where it does not fit: the oldest of it."""
    while True:
        packed = zlib.compress(_MEMORY.dump_json(memory), 9)
        marker = f"<!-- tokengate:watch:1:{base64.urlsafe_b64encode(packed).decode()} -->"
        if len(marker) <= _LONGEST or not memory.owed:
            return f"{text}\n\n{marker}\n"
        memory = replace(memory, owed=memory.owed[1:])


def parted(body: str) -> tuple[str, Memory] | None:
    """The text as `with_marker` was given it, and the memory; None where there is none to be read."""
    found = _MARKER.search(body)
    if found is None:
        return None
    try:
        packed = base64.urlsafe_b64decode(found[1])
        memory = _MEMORY.validate_json(zlib.decompressobj().decompress(packed, _LARGEST))
    except (binascii.Error, zlib.error, ValueError):
        return None
    lines = body[: found.start()].strip().splitlines()
    return "\n".join(line.rstrip() for line in lines), memory
