"""Anthropic's SDKs for Python and Node. The base URL is the bare root."""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.core.tools.headers import as_lines
from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.tool import Tool


def _env(access: Access) -> Mapping[str, str]:
    return {
        "ANTHROPIC_BASE_URL": access.root,
        "ANTHROPIC_API_KEY": access.key,
        "ANTHROPIC_AUTH_TOKEN": access.key,
        **as_lines("ANTHROPIC_CUSTOM_HEADERS", access),
    }


ANTHROPIC = Tool(
    name="anthropic",
    aliases=("anthropic-sdk",),
    about="Programs on Anthropic's SDK (Python, Node).",
    source="https://github.com/anthropics/anthropic-sdk-python#readme",
    env=_env,
    blanks=(
        "ANTHROPIC_PROFILE",
        "ANTHROPIC_FEDERATION_RULE_ID",
        "ANTHROPIC_ORGANIZATION_ID",
        "ANTHROPIC_IDENTITY_TOKEN",
        "ANTHROPIC_IDENTITY_TOKEN_FILE",
    ),
    needs=("The program names a model of the proxy.",),
)
