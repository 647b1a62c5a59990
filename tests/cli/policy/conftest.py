from __future__ import annotations

from tests.stage.fixtures import _no_long_pauses, backstage, world

__all__ = ["_no_long_pauses", "backstage", "world"]
