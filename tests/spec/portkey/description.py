"""Portkey's official description, cut to the paths that the adapter uses (openapi.json; its `x-origin` says of what).

It lets a request carry names that it does not know; Portkey would pass over them, so a misspelt one would be lost.
Here a body may have no others, and a query neither.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("openapi.json")
_FIELD = re.compile(r"\{[^}]*\}")


def official() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text("utf-8")))


def strict(whole: dict[str, Any]) -> dict[str, Any]:
    for methods in whole["paths"].values():
        for operation in methods.values():
            for media in operation.get("requestBody", {}).get("content", {}).values():
                _close(media["schema"])
    for name in ("CreateApiKeyObject", "UsageLimits"):
        _close(whole["components"]["schemas"][name])
    return whole


def operation_of(whole: dict[str, Any], method: str, path: str) -> tuple[str, dict[str, Any]]:
    """Its path as the description has it, and what it says; empty where it has none."""
    for template, methods in whole["paths"].items():
        form = _FIELD.sub("[^/]+", template)
        if re.fullmatch(form, path) and method.lower() in methods:
            return template, methods[method.lower()]
    return "", {}


def names_of(whole: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    """Of the query."""
    known = set()
    for one in operation.get("parameters", []):
        named = (
            whole["components"]["parameters"][one["$ref"].rsplit("/", 1)[1]]
            if "$ref" in one
            else one
        )
        if named["in"] == "query":
            known.add(named["name"])
    return known


def _close(schema: dict[str, Any]) -> None:
    """No names but those that it has, at any depth; what is free there (`metadata`) stays so."""
    if schema.get("type") == "object" and "properties" in schema:
        schema.setdefault("additionalProperties", False)
        for inner in schema["properties"].values():
            _close(inner)
    elif schema.get("type") == "array" and "properties" in schema.get("items", {}):
        _close(schema["items"])
