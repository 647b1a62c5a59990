"""What the runs showed, one JSON file a proof below `.live/`, so that runs may be parallel."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.live.agents.install import LIVE

FOLDER = LIVE / "results"


def note(client: str, proof: str, **facts: Any) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^a-z0-9]+", "-", f"{client} {proof}".lower())
    text = json.dumps({"client": client, "proof": proof, **facts})
    (FOLDER / f"{name}.json").write_text(text)


def collect() -> Mapping[str, dict[str, Any]]:
    """client → proof → facts."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("*.json")):
        facts = json.loads(path.read_text())
        found.setdefault(facts.pop("client"), {})[facts.pop("proof")] = facts
    return found
