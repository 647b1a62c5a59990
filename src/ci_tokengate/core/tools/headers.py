"""A proxy's own headers, in the forms in which tools take them. Without any, nothing is wired."""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.core.tools.model import Access


def whole(access: Access) -> Mapping[str, str]:
    """All of them, the one with the key included: for variables, never for a file."""
    secret = {access.key_header: access.key} if access.key_header else {}
    return {**secret, **access.headers}


def as_lines(name: str, access: Access) -> Mapping[str, str]:
    """The variable of a tool that reads `Name: value`, one a line."""
    lines = [f"{header}: {value}" for header, value in whole(access).items()]
    return {name: "\n".join(lines)} if lines else {}


def between_commas(name: str, access: Access) -> Mapping[str, str]:
    """The same between commas, for a tool that would cut a value at one: such values are left out."""
    parts = [f"{header}: {value}" for header, value in whole(access).items() if "," not in value]
    return {name: ",".join(parts)} if parts else {}
