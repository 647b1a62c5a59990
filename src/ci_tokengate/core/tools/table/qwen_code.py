"""qwen-code, as an OpenAI client. Like Gemini CLI it takes a system settings file from a place that can be chosen.

Its client's own retries are off, because a loop of seven tries is around them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.tool import Tool

_SETTINGS = "qwen-code/settings.json"


def _env(access: Access) -> Mapping[str, str]:
    return {
        "OPENAI_BASE_URL": f"{access.root}/v1",
        "OPENAI_API_KEY": access.key,
        "OPENAI_MODEL": access.models[0],
        "QWEN_CODE_SYSTEM_SETTINGS_PATH": f"{access.folder}/{_SETTINGS}",
    }


def _files(access: Access) -> Mapping[str, str]:
    generation = {
        "maxRetries": 0,
        **({"customHeaders": dict(access.headers)} if access.headers else {}),
    }
    settings = {
        "security": {"auth": {"selectedType": "openai"}},
        "model": {"name": access.models[0], "generationConfig": generation},
        "general": {"enableAutoUpdate": False},
        "privacy": {"usageStatisticsEnabled": False},
        "telemetry": {"enabled": False},
    }
    return {_SETTINGS: json.dumps(settings, indent=2) + "\n"}


QWEN_CODE = Tool(
    name="qwen-code",
    aliases=("qwen",),
    about="qwen-code, as an OpenAI client.",
    source="https://qwenlm.github.io/qwen-code-docs/en/users/configuration/settings/",
    env=_env,
    files=_files,
    blanks=("QWEN_CODE_UNATTENDED_RETRY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"),
)
