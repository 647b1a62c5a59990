"""The code of docs/watch.md that receivers of the webhook are told to use."""

from __future__ import annotations

import re
from typing import Any

from tests.docs.tables import ROOT

TEXT = (ROOT / "docs" / "watch.md").read_text("utf-8")


def verified(secret: str, header: str, body: bytes, *, now: float) -> bool:
    (code,) = re.findall(r"<!-- verify -->\n```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return bool(names["verified"](secret, header, body, now=now))
