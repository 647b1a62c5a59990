"""OpenAI's SDKs for Python and Node: chat completions and responses."""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.core.tools.headers import as_lines
from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.tool import Tool


def _env(access: Access) -> Mapping[str, str]:
    return {
        "OPENAI_BASE_URL": f"{access.root}/v1",
        "OPENAI_API_KEY": access.key,
        **as_lines("OPENAI_CUSTOM_HEADERS", access),
    }


OPENAI = Tool(
    name="openai",
    aliases=("openai-sdk",),
    about="Programs on OpenAI's SDK (Python, Node).",
    source="https://github.com/openai/openai-python#readme",
    env=_env,
    blanks=("OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"),
    needs=("The program names a model of the proxy.",),
)
