"""Answers as their documentation shows them. No server was asked: each file names where its shape is from."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ci_tokengate.adapters.http.answers import Answer, loads
from ci_tokengate.adapters.proxies.body import Body
from ci_tokengate.adapters.proxies.openrouter import bodies as openrouter
from ci_tokengate.adapters.proxies.openrouter import keys as openrouter_keys
from ci_tokengate.adapters.proxies.portkey import bodies as portkey
from ci_tokengate.adapters.proxies.portkey import keys as portkey_keys
from ci_tokengate.adapters.proxies.portkey.errors import code_of, error_for
from ci_tokengate.errors import UsageError

FOLDER = Path(__file__).parent / "shapes"


def shape(name: str) -> Any:
    return loads((FOLDER / f"{name}.json").read_text("utf-8"))["body"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_each_shape_names_its_origin(path: Path) -> None:
    found = json.loads(path.read_text("utf-8"))
    assert set(found) == {"origin", "body"}
    assert len(found["origin"]) > 20


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("openrouter-keys", openrouter.Keys),
        ("openrouter-made", openrouter.Made),
        ("openrouter-activity", openrouter.Activities),
        ("portkey-made", portkey.Made),
        ("portkey-keys", portkey.ApiKeys),
        ("portkey-workspaces", portkey.Workspaces),
    ],
)
def test_each_shape_is_read(name: str, model: type[Body]) -> None:
    model.model_validate(shape(name))


def test_a_documented_key_of_openrouter_with_its_figures() -> None:
    [key] = openrouter.Keys.model_validate(shape("openrouter-keys")).data
    record = openrouter_keys.record(key)
    assert (record.alias, record.cap, record.spend) == (
        "My Production Key",
        Decimal(100),
        Decimal("42.88"),
    )
    assert (record.team_id, record.revoked_at) == ("default", None)


def test_a_documented_key_of_portkey_with_its_cap() -> None:
    [key] = portkey.ApiKeys.model_validate(shape("portkey-keys")).data
    record = portkey_keys.record(key)
    assert (record.id, record.team_id, record.cap) == (
        "Development API Key",
        "ws-myworkspace",
        Decimal(10),
    )


def test_a_documented_refusal_of_portkey_with_its_code() -> None:
    answer = Answer(status=400, raw=json.dumps(shape("portkey-refusal")).encode())
    assert code_of(answer) == "AB01"
    error = error_for(answer, "minting a key")
    assert isinstance(error, UsageError)
    assert "Invalid request. Please check and try again." in error.message
