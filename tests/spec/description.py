"""GitHub's official description, cut down to the double's routes, and made strict about requests.

The whole one is 13 MB and takes Prism seven seconds to start. It lets a request carry names that it
does not know; GitHub passes over them, so a misspelt one would be lost. The slice refuses them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ci_tokengate.sandbox.github.routes import OF_A_REPOSITORY, OF_NONE, Row

ROOT = Path(__file__).parents[2]
OFFICIAL = ROOT / ".spec/node_modules/@octokit/openapi/generated/api.github.com.json"
PRISM = ROOT / ".spec/node_modules/.bin/prism"
_FIELD = re.compile(r"\{[^}]*\}")


def official() -> dict[str, Any]:
    text = OFFICIAL.read_text(encoding="utf-8")
    return dict(json.loads(text))


def rows() -> list[tuple[str, Row]]:
    """Each route of the double with its whole path."""
    ours = [(f"/repos/{{owner}}/{{repo}}{row.path}", row) for row in OF_A_REPOSITORY]
    return ours + [(row.path, row) for row in OF_NONE]


def form(path: str) -> str:
    """A path without the names of its fields, which the double and GitHub choose differently."""
    return _FIELD.sub("{}", path)


def corrected(whole: dict[str, Any]) -> dict[str, Any]:
    """Where the description is at odds with itself, or with what GitHub is known to send."""
    # `created` takes ranges (`>=2026-11-01`), as its own text says; the form given is one time.
    del whole["components"]["parameters"]["created"]["schema"]["format"]
    # Exactly one of two forms, of which each fits whatever fits the other.
    conflict = whole["paths"]["/repos/{owner}/{repo}/contents/{path}"]["put"]["responses"]["409"]
    schema = conflict["content"]["application/json"]["schema"]
    schema["anyOf"] = schema.pop("oneOf")
    schemas = whole["components"]["schemas"]
    for name in ("pull-request", "pull-request-simple"):
        # `head.repo` is null once the fork is gone (tests/payloads has such an event).
        repo = schemas[name]["properties"]["head"]["properties"]["repo"]
        repo |= {"nullable": True, "allOf": [{"$ref": repo.pop("$ref")}]}
    # Null in one form of a pull request and not in the other; GitHub sends null.
    label = schemas["pull-request-simple"]["properties"]["labels"]["items"]
    label["properties"]["description"]["nullable"] = True
    return whole


def cut(whole: dict[str, Any]) -> dict[str, Any]:
    """Paths and methods of the double, and the components that they need."""
    wanted = {(form(path), row.method.lower()) for path, row in rows()}
    paths = {}
    for path, methods in whole["paths"].items():
        kept = {how: _strict(what) for how, what in methods.items() if (form(path), how) in wanted}
        if kept:
            paths[path] = kept
    components: dict[str, dict[str, Any]] = {}
    todo: list[Any] = [paths]
    while todo:
        for reference in _references(todo.pop()):
            _, _, kind, name = reference.split("/", 3)
            if name not in components.setdefault(kind, {}):
                components[kind][name] = whole["components"][kind][name]
                todo.append(components[kind][name])
    kept = {name: whole[name] for name in ("openapi", "info", "servers")}
    return {**kept, "paths": paths, "components": components}


def _strict(operation: dict[str, Any]) -> dict[str, Any]:
    """The same, with a body that may have no other names."""
    for media in operation.get("requestBody", {}).get("content", {}).values():
        schema = media.get("schema", {})
        if schema.get("type") == "object" and "properties" in schema:
            schema["additionalProperties"] = False
    return operation


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)
