"""Claude Code, on its own or in anthropics/claude-code-action.

Both key variables hold the same key: it sends both, and LiteLLM judges by the Bearer one, while the action accepts the
API key only. The base URL is the bare root: it adds /v1/messages itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.core.tools.headers import as_lines
from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.models import CLAUDE, pick
from ci_tokengate.core.tools.tool import Tool


def _env(access: Access) -> Mapping[str, str]:
    model = pick(access, *CLAUDE)
    small = pick(access, "haiku", otherwise=model)
    return {
        "ANTHROPIC_BASE_URL": access.root,
        "ANTHROPIC_API_KEY": access.key,
        "ANTHROPIC_AUTH_TOKEN": access.key,
        "ANTHROPIC_MODEL": model,
        "ANTHROPIC_DEFAULT_HAIKU_MODEL": small,
        "ANTHROPIC_DEFAULT_SONNET_MODEL": pick(access, "sonnet", otherwise=model),
        "ANTHROPIC_DEFAULT_OPUS_MODEL": pick(access, "opus", otherwise=model),
        "ANTHROPIC_SMALL_FAST_MODEL": small,
        "CLAUDE_CODE_MAX_RETRIES": "2",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        **as_lines("ANTHROPIC_CUSTOM_HEADERS", access),
    }


CLAUDE_CODE = Tool(
    name="claude-code",
    aliases=("claude", "claude-code-action"),
    about="Claude Code, by its command line or anthropics/claude-code-action.",
    source="https://code.claude.com/docs/en/env-vars",
    env=_env,
    blanks=(
        "CLAUDE_CODE_OAUTH_TOKEN",
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_VERTEX",
        "CLAUDE_CODE_USE_FOUNDRY",
        "CLAUDE_CODE_USE_MANTLE",
        "CLAUDE_CODE_USE_ANTHROPIC_AWS",
        "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
        "CLAUDE_CODE_USE_GATEWAY",
        "CLAUDE_CODE_SUBAGENT_MODEL",
        "ANTHROPIC_UNIX_SOCKET",
        "ANTHROPIC_PROFILE",
        "ANTHROPIC_FEDERATION_RULE_ID",
        "ANTHROPIC_ORGANIZATION_ID",
        "ANTHROPIC_IDENTITY_TOKEN",
        "ANTHROPIC_IDENTITY_TOKEN_FILE",
    ),
    needs=(
        "claude-code-action: give its input `anthropic_api_key` the job key, and none of"
        " `claude_code_oauth_token`, `anthropic_federation_*`, `use_bedrock`, `use_vertex`, `use_foundry`.",
    ),
)
