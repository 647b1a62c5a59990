"""Text in which GitHub's runner finds no command.

It takes any line of a step's output for one that begins with `::`, whatever blanks are before it, or has `##[`
anywhere. Source: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
"""

from __future__ import annotations

from collections.abc import Mapping


def quiet(text: str) -> str:
    return text.replace("::", ":\u200b:\u200b").replace("##[", "#\u200b#[")


def for_log(text: str, env: Mapping[str, str]) -> str:
    """For people: as it is on a terminal, and `quiet` in a job, where a file's name or a line of it would speak."""
    return quiet(text) if env.get("GITHUB_ACTIONS") == "true" else text
