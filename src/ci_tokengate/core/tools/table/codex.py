"""OpenAI's Codex CLI, and openai/codex-action.

It ignores OPENAI_BASE_URL, so it gets a provider of its own in a config.toml. No websockets: on LiteLLM a websocket
reserves the key's whole remaining budget. No retries: a refused key would be asked six times.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.models import GPT, pick
from ci_tokengate.core.tools.tool import KEY_VARIABLE, Tool

_CONFIG = """\
model = {model}
model_provider = "tokengate"
check_for_update_on_startup = false

[model_providers.tokengate]
name = "tokengate"
base_url = {base_url}
env_key = "{key_variable}"
wire_api = "responses"
supports_websockets = false
request_max_retries = 0
stream_max_retries = 0
{headers}
[analytics]
enabled = false

[features]
plugins = false
"""


def _env(access: Access) -> Mapping[str, str]:
    return {"CODEX_HOME": f"{access.folder}/codex", KEY_VARIABLE: access.key}


def _files(access: Access) -> Mapping[str, str]:
    config = _CONFIG.format(
        model=json.dumps(pick(access, *GPT)),
        base_url=json.dumps(f"{access.root}/v1"),
        key_variable=KEY_VARIABLE,
        headers=_headers(access),
    )
    return {"codex/config.toml": config}


def _headers(access: Access) -> str:
    """Lines of the provider's table; the key's header names its variable."""
    lines = ""
    if access.headers:
        pairs = ", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in access.headers.items())
        lines += f"http_headers = {{ {pairs} }}\n"
    if access.key_header:
        lines += f'env_http_headers = {{ {json.dumps(access.key_header)} = "{KEY_VARIABLE}" }}\n'
    return lines


CODEX = Tool(
    name="codex",
    aliases=("codex-cli", "codex-action"),
    about="OpenAI's Codex CLI; openai/codex-action by its inputs.",
    source="https://developers.openai.com/codex/config-reference",
    env=_env,
    files=_files,
    blanks=("CODEX_API_KEY", "CODEX_ACCESS_TOKEN"),
    needs=(
        "codex-action: give its input `openai-api-key` the job key and `responses-api-endpoint`"
        " the proxy's address followed by /v1/responses.",
    ),
)
