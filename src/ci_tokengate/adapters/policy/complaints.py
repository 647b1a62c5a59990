"""What a form has to complain about, with the line and column of each, and the nearest known key."""

from __future__ import annotations

import typing
from types import UnionType
from typing import Any

from pydantic import BaseModel, ValidationError

from ci_tokengate.adapters.policy.yaml_tree import Path, Tree
from ci_tokengate.core.nearest import nearest
from ci_tokengate.errors import PolicyError

_HINT = "All keys, and what may stand in them: docs/policy.md."


def complaints(model: type[BaseModel], tree: Tree, error: ValidationError) -> PolicyError:
    """All of them as one error, one a line; `model` is the form that the whole text has."""
    found = [_complaint(model, tree, item) for item in error.errors(include_url=False)]
    hints = [hint for _, hint in found if hint]
    text = "\n".join(dict.fromkeys(text for text, _ in found))
    return PolicyError(text, hint=hints[0] if hints else _HINT)


def _complaint(model: type[BaseModel], tree: Tree, item: Any) -> tuple[str, str]:
    """One complaint and its hint; union branches and such are left out of the path."""
    path: Path = tuple(p for p in item["loc"] if not str(p).startswith(("function-", "[key]")))
    where = ".".join(map(str, path)) or "the file"
    if item["type"] == "extra_forbidden":
        known = _known_keys(model, path[:-1])
        guess = nearest(str(path[-1]), known)
        message = f"unknown key {where}."
        hint = f"Did you mean {guess}?" if guess else f"There are: {', '.join(known)}."
    elif item["type"] in ("model_type", "dict_type"):
        message, hint = f"{where} must be a table of keys.", ""
    elif item["type"] == "missing":
        message, hint = f"{where} is missing.", ""
    else:
        said = item["msg"].removeprefix("Value error, ")
        message, hint = f"{where}: {said[:1].lower()}{said[1:]}.", ""
    return str(tree.error(tree.at(path), message)), hint


def _known_keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the form has at `path`; a table's own names are skipped over."""
    for step in path:
        field = next((f for f in model.model_fields.values() if f.alias == step), None)
        inner = _section_in(field.annotation) if field else None
        model = inner or model
    return [str(f.alias) for f in model.model_fields.values()]


def _section_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (dict, list, UnionType, typing.Union):
        found = (_section_in(a) for a in typing.get_args(annotation))
        return next((f for f in found if f), None)
    return None
