"""Which of the use case's models a tool is given.

The proxy's names are the operator's own; nothing is known about a model but its name and its place in the list.
The rule is one: the first model whose name contains one of the words, the earlier word first; else the first model.
"""

from __future__ import annotations

from ci_tokengate.core.tools.model import Access

CLAUDE = ("claude", "sonnet", "opus", "haiku")
GPT = ("codex", "gpt")
GEMINI = ("gemini",)
SMALL = ("haiku", "flash", "-mini", "nano")


def pick(access: Access, *words: str, otherwise: str = "") -> str:
    """The first model named by one of the words; else `otherwise`, else the first model."""
    for word in words:
        for model in access.models:
            if word in model.lower():
                return model
    return otherwise or access.models[0]
