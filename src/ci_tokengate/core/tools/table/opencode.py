"""opencode. It gets a provider of its own: its built-in one wants /v1 on ANTHROPIC_BASE_URL, which Claude Code does not."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.models import SMALL, pick
from ci_tokengate.core.tools.tool import KEY_VARIABLE, Tool

_CONFIG = "opencode/opencode.json"


def _env(access: Access) -> Mapping[str, str]:
    return {
        "OPENCODE_CONFIG": f"{access.folder}/{_CONFIG}",
        "OPENCODE_DISABLE_AUTOUPDATE": "1",
        "OPENCODE_DISABLE_MODELS_FETCH": "1",
        KEY_VARIABLE: access.key,
    }


def _files(access: Access) -> Mapping[str, str]:
    first = access.models[0]
    config = {
        "$schema": "https://opencode.ai/config.json",
        "autoupdate": False,
        "share": "disabled",
        "model": f"tokengate/{first}",
        "small_model": f"tokengate/{pick(access, *SMALL, otherwise=first)}",
        "enabled_providers": ["tokengate"],
        "provider": {
            "tokengate": {
                "npm": "@ai-sdk/openai-compatible",
                "options": {
                    "baseURL": f"{access.root}/v1",
                    "apiKey": f"{{env:{KEY_VARIABLE}}}",
                    **_headers(access),
                },
                "models": {model: {} for model in access.models},
            }
        },
    }
    return {_CONFIG: json.dumps(config, indent=2) + "\n"}


def _headers(access: Access) -> Mapping[str, Mapping[str, str]]:
    secret = {access.key_header: f"{{env:{KEY_VARIABLE}}}"} if access.key_header else {}
    headers = {**secret, **access.headers}
    return {"headers": headers} if headers else {}


OPENCODE = Tool(
    name="opencode",
    about="opencode, by a provider of its own.",
    source="https://opencode.ai/docs/config/",
    env=_env,
    files=_files,
    blanks=("OPENCODE_CONFIG_CONTENT", "OPENCODE_CONFIG_DIR", "OPENCODE_AUTH_CONTENT"),
)
