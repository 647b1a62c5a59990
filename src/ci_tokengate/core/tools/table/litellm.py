"""The litellm library (Python), whichever provider's prefix the program writes before the model's name."""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.core.tools.headers import as_lines
from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.tool import Tool


def _env(access: Access) -> Mapping[str, str]:
    return {
        "LITELLM_PROXY_API_BASE": access.root,
        "LITELLM_PROXY_API_KEY": access.key,
        "OPENAI_API_BASE": f"{access.root}/v1",
        "OPENAI_BASE_URL": f"{access.root}/v1",
        "OPENAI_API_KEY": access.key,
        "ANTHROPIC_API_BASE": access.root,
        "ANTHROPIC_BASE_URL": access.root,
        "ANTHROPIC_API_KEY": access.key,
        "GEMINI_API_BASE": access.root,
        "GEMINI_API_KEY": access.key,
        **as_lines("OPENAI_CUSTOM_HEADERS", access),
        **as_lines("ANTHROPIC_CUSTOM_HEADERS", access),
    }


LITELLM = Tool(
    name="litellm",
    aliases=("litellm-sdk",),
    about="Programs on the litellm library (Python): models named litellm_proxy/…, openai/…, anthropic/…, gemini/….",
    source="https://docs.litellm.ai/docs/providers/litellm_proxy",
    env=_env,
    blanks=("GOOGLE_API_KEY", "OPENAI_ORGANIZATION", "AWS_BEARER_TOKEN_BEDROCK"),
    needs=("The program names a model of the proxy, behind one of these prefixes.",),
)
