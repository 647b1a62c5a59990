"""Ways to see signs of keys in a text, which all lead to the same findings."""

from __future__ import annotations

from typing import Protocol

from ci_tokengate.scan.keys.signs import Signs


class Engine(Protocol):
    """`signs` may say too much, never too little."""

    @property
    def name(self) -> str: ...

    def signs(self, data: bytes) -> Signs: ...
