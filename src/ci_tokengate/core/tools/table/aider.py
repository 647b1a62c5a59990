"""aider. It speaks OpenAI's chat completions to every model of the proxy.

It exits 0 even when every call was refused: ask the proxy, not the step, whether the budget was hit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.models import SMALL, pick
from ci_tokengate.core.tools.tool import Tool

_SETTINGS = "aider/model.settings.yml"


def _env(access: Access) -> Mapping[str, str]:
    model = access.models[0]
    return {
        "OPENAI_API_BASE": f"{access.root}/v1",
        "OPENAI_BASE_URL": f"{access.root}/v1",
        "OPENAI_API_KEY": access.key,
        "AIDER_OPENAI_API_BASE": f"{access.root}/v1",
        "AIDER_OPENAI_API_KEY": access.key,
        "AIDER_MODEL": f"openai/{model}",
        "AIDER_WEAK_MODEL": f"openai/{pick(access, *SMALL, otherwise=model)}",
        "AIDER_EDITOR_MODEL": f"openai/{model}",
        "AIDER_ANALYTICS": "false",
        "AIDER_CHECK_UPDATE": "false",
        "AIDER_SHOW_MODEL_WARNINGS": "false",
        **({"AIDER_MODEL_SETTINGS_FILE": f"{access.folder}/{_SETTINGS}"} if access.headers else {}),
    }


def _files(access: Access) -> Mapping[str, str]:
    """The proxy's headers, for each model; JSON is YAML, too."""
    if not access.headers:
        return {}
    more = {"extra_headers": dict(access.headers)}
    settings = [{"name": f"openai/{model}", "extra_params": more} for model in access.models]
    return {_SETTINGS: json.dumps(settings, indent=2) + "\n"}


AIDER = Tool(
    name="aider",
    about="aider; note that it exits 0 when it is refused.",
    source="https://aider.chat/docs/llms/openai-compat.html",
    env=_env,
    files=_files,
    blanks=(
        "AIDER_OPENAI_API_TYPE",
        "OPENAI_ORGANIZATION",
    ),
)
