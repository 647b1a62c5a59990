"""GitHub's Copilot CLI with a provider of its own ("bring your own key"); without these variables it is billed by seat.

It speaks Anthropic's messages, so it is given a Claude model first. It asks for reasoning: a model without it is refused
by LiteLLM (400) unless the proxy sets `drop_params`.
"""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.core.tools.headers import as_lines
from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.models import CLAUDE, pick
from ci_tokengate.core.tools.tool import Tool


def _env(access: Access) -> Mapping[str, str]:
    return {
        "COPILOT_PROVIDER_BASE_URL": access.root,
        "COPILOT_PROVIDER_TYPE": "anthropic",
        "COPILOT_PROVIDER_API_KEY": access.key,
        "COPILOT_MODEL": pick(access, *CLAUDE),
        "COPILOT_OFFLINE": "true",
        "COPILOT_AUTO_UPDATE": "false",
        **as_lines("COPILOT_PROVIDER_HEADERS", access),
    }


COPILOT = Tool(
    name="copilot",
    aliases=("copilot-cli",),
    about="GitHub's Copilot CLI with its own provider (not the Copilot coding agent).",
    source="https://docs.github.com/copilot/how-tos/copilot-cli/customize-copilot/use-byok-models",
    env=_env,
    blanks=("COPILOT_PROVIDER_BEARER_TOKEN", "COPILOT_PROVIDER_WIRE_API"),
)
