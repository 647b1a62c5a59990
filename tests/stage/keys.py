"""The sandbox's source of randomness, which remembers each key that it made."""

from __future__ import annotations

import base64
import itertools


class KeySource:
    """16 bytes at a time; no two alike. `keys` are the job keys that the sandbox made of them."""

    def __init__(self) -> None:
        self._count = itertools.count(1)
        self.keys: list[str] = []

    def __call__(self, size: int) -> bytes:
        raw = f"canary{next(self._count):010d}".encode()[:size].ljust(size, b"\xfb")
        self.keys.append("sk-" + base64.urlsafe_b64encode(raw).decode().rstrip("="))
        return raw
