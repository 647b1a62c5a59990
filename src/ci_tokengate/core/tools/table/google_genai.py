"""Google's google-genai SDKs (Python, Node).

The Python SDK asks for /v1 unless told otherwise, which LiteLLM does not serve; hence the API version.
"""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.tool import Tool


def _env(access: Access) -> Mapping[str, str]:
    return {
        "GOOGLE_GEMINI_BASE_URL": access.root,
        "GEMINI_API_KEY": access.key,
        "GOOGLE_GENAI_API_VERSION": "v1beta",
    }


GOOGLE_GENAI = Tool(
    name="google-genai",
    aliases=("google-genai-sdk",),
    about="Programs on Google's google-genai SDK (Python, Node).",
    source="https://github.com/googleapis/python-genai#readme",
    env=_env,
    blanks=("GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE"),
    sends_headers=False,
    needs=("The program names a model of the proxy.",),
)
