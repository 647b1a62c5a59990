"""LangChain's chat models for OpenAI and Anthropic.

Each prefers the older name of its base URL to the SDK's, so both are set.
"""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.core.tools.headers import as_lines
from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.tool import Tool


def _env(access: Access) -> Mapping[str, str]:
    return {
        "OPENAI_API_BASE": f"{access.root}/v1",
        "OPENAI_BASE_URL": f"{access.root}/v1",
        "OPENAI_API_KEY": access.key,
        "ANTHROPIC_API_URL": access.root,
        "ANTHROPIC_BASE_URL": access.root,
        "ANTHROPIC_API_KEY": access.key,
        "ANTHROPIC_AUTH_TOKEN": access.key,
        **as_lines("OPENAI_CUSTOM_HEADERS", access),
        **as_lines("ANTHROPIC_CUSTOM_HEADERS", access),
    }


LANGCHAIN = Tool(
    name="langchain",
    aliases=("langchain-openai", "langchain-anthropic"),
    about="Programs on langchain-openai and langchain-anthropic (Python).",
    source="https://reference.langchain.com/python/integrations/",
    env=_env,
    blanks=(
        "OPENAI_ADMIN_KEY",
        "OPENAI_ORG_ID",
        "OPENAI_PROJECT_ID",
        "OPENAI_PROXY",
        "ANTHROPIC_PROXY",
        "ANTHROPIC_PROFILE",
        "ANTHROPIC_FEDERATION_RULE_ID",
        "ANTHROPIC_ORGANIZATION_ID",
        "ANTHROPIC_IDENTITY_TOKEN",
        "ANTHROPIC_IDENTITY_TOKEN_FILE",
    ),
    needs=("The program names a model of the proxy.",),
)
