"""Google's Gemini CLI, and google-github-actions/run-gemini-cli.

The login type must stand in a settings file, else it ends before its first call. That file is in a home of its own,
because the system settings file (GEMINI_CLI_SYSTEM_SETTINGS_PATH) is skipped unless root owns it and every folder above
it, which is not so on a runner. A home of its own also hides a personal login. The repository's own settings go before
it, as they do before every home's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ci_tokengate.core.tools.headers import between_commas
from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.models import GEMINI as FAMILY
from ci_tokengate.core.tools.models import pick
from ci_tokengate.core.tools.tool import Tool

_SETTINGS = "gemini/.gemini/settings.json"


def _env(access: Access) -> Mapping[str, str]:
    return {
        "GOOGLE_GEMINI_BASE_URL": access.root,
        "GEMINI_API_KEY": access.key,
        "GEMINI_MODEL": pick(access, *FAMILY),
        "GEMINI_CLI_HOME": f"{access.folder}/gemini",
        **between_commas("GEMINI_CLI_CUSTOM_HEADERS", access),
    }


def _files(_: Access) -> Mapping[str, str]:
    settings = {
        "security": {"auth": {"selectedType": "gemini-api-key"}},
        "general": {"enableAutoUpdate": False, "maxAttempts": 3},
        "privacy": {"usageStatisticsEnabled": False},
        "telemetry": {"enabled": False},
    }
    return {_SETTINGS: json.dumps(settings, indent=2) + "\n"}


GEMINI = Tool(
    name="gemini",
    aliases=("gemini-cli", "run-gemini-cli"),
    about="Google's Gemini CLI; google-github-actions/run-gemini-cli with one input.",
    source="https://github.com/google-gemini/gemini-cli/blob/main/docs/reference/configuration.md",
    env=_env,
    files=_files,
    blanks=(
        "GOOGLE_API_KEY",
        "GOOGLE_GENAI_USE_VERTEXAI",
        "GOOGLE_GENAI_USE_GCA",
        "GEMINI_CLI_USE_COMPUTE_ADC",
        "GEMINI_API_KEY_AUTH_MECHANISM",
    ),
    needs=(
        "run-gemini-cli: give its input `gemini_api_key` the job key (it overwrites GEMINI_API_KEY with it), and none"
        " of `use_vertex_ai`, `use_gemini_code_assist`, `gcp_workload_identity_provider`.",
    ),
)
