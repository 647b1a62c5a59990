"""The agents, and what each honours, as observed in runs (docs/compatibility.md) or as documented."""

from __future__ import annotations

from ci_tokengate.scan.flows.agents.model import Agent

_OPENAI = ("OPENAI_API_BASE", "OPENAI_BASE_URL")
_ANTHROPIC = ("ANTHROPIC_BASE_URL",)
_LITELLM = ("LITELLM_PROXY_API_BASE",)

CLAUDE = Agent(
    name="claude-code",
    label="Claude Code",
    bases=_ANTHROPIC,
    keys=("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"),
    provider="anthropic",
    cloud=(
        ("CLAUDE_CODE_USE_BEDROCK", "ANTHROPIC_BEDROCK_BASE_URL"),
        ("CLAUDE_CODE_USE_VERTEX", "ANTHROPIC_VERTEX_BASE_URL"),
        ("CLAUDE_CODE_USE_FOUNDRY", "ANTHROPIC_FOUNDRY_BASE_URL"),
        ("CLAUDE_CODE_USE_MANTLE", "ANTHROPIC_BEDROCK_MANTLE_BASE_URL"),
        ("CLAUDE_CODE_USE_ANTHROPIC_AWS", ""),
        ("CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD", ""),
    ),
    settings=(".claude/settings.json", ".claude/settings.local.json"),
    tool="claude-code",
)
CODEX = Agent(
    name="codex",
    label="Codex",
    bases=("CODEX_HOME",),
    keys=("OPENAI_API_KEY", "CODEX_API_KEY"),
    provider="openai",
    settings=(".codex/config.toml",),
    tool="codex",
)
GEMINI = Agent(
    name="gemini",
    label="Gemini CLI",
    bases=("GOOGLE_GEMINI_BASE_URL",),
    keys=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    provider="google-gemini",
    cloud=(
        ("GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_VERTEX_BASE_URL"),
        ("GOOGLE_GENAI_USE_GCA", ""),
        ("GEMINI_CLI_USE_COMPUTE_ADC", ""),
    ),
    settings=(".gemini/settings.json",),
    tool="gemini",
)
AIDER = Agent(
    name="aider",
    label="aider",
    bases=("AIDER_OPENAI_API_BASE", *_OPENAI, *_LITELLM),
    keys=("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AIDER_OPENAI_API_KEY"),
    provider="openai",
    flags=("--openai-api-base",),
    settings=(".aider.conf.yml",),
    tool="aider",
)
AIDER_ANTHROPIC = Agent(
    name="aider",
    label="aider with a Claude model",
    bases=("ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"),
    keys=("ANTHROPIC_API_KEY",),
    provider="anthropic",
    tool="litellm",
)
AIDER_GEMINI = Agent(
    name="aider",
    label="aider with a Gemini model",
    bases=("GEMINI_API_BASE",),
    keys=("GEMINI_API_KEY",),
    provider="google-gemini",
    tool="litellm",
)
OPENCODE = Agent(
    name="opencode",
    label="opencode",
    bases=("OPENCODE_CONFIG", "OPENCODE_CONFIG_CONTENT", "ANTHROPIC_BASE_URL"),
    keys=("ANTHROPIC_API_KEY", "OPENAI_API_KEY"),
    provider="anthropic",
    settings=("opencode.json", "opencode.jsonc", ".opencode/opencode.json"),
    tool="opencode",
)
QWEN = Agent(
    name="qwen-code",
    label="Qwen Code",
    bases=("OPENAI_BASE_URL",),
    keys=("OPENAI_API_KEY", "DASHSCOPE_API_KEY"),
    provider="openai",
    flags=("--openai-base-url",),
    settings=(".qwen/settings.json",),
    tool="qwen-code",
)
COPILOT = Agent(
    name="copilot",
    label="Copilot CLI",
    bases=("COPILOT_PROVIDER_BASE_URL",),
    keys=("COPILOT_PROVIDER_API_KEY",),
    unmetered="without a provider of its own (`COPILOT_PROVIDER_BASE_URL`) it is billed by seat.",
    tool="copilot",
)
OPENHANDS = Agent(
    name="openhands",
    label="OpenHands",
    bases=("LLM_BASE_URL", *_LITELLM),
    keys=("LLM_API_KEY",),
)
PR_AGENT = Agent(
    name="pr-agent",
    label="PR-Agent",
    bases=(
        "OPENAI.API_BASE",
        "OPENAI__API_BASE",
        *_OPENAI,
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_API_BASE",
    ),
    keys=("OPENAI_KEY", "OPENAI.KEY", "OPENAI__KEY"),
    provider="openai",
    settings=(".pr_agent.toml",),
)
GOOSE = Agent(
    name="goose",
    label="goose",
    bases=(
        "OPENAI_HOST",
        "ANTHROPIC_HOST",
        "OPENAI_BASE_URL",
        "LITELLM_HOST",
        "GOOSE_PROVIDER__HOST",
    ),
    keys=("OPENAI_API_KEY", "ANTHROPIC_API_KEY"),
)
PI = Agent(name="pi", label="pi", settings=(".pi/agent/models.json",))


def _generic(name: str, label: str) -> Agent:
    """An agent on one of the usual SDKs or on litellm."""
    bases = (
        *_OPENAI,
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_API_BASE",
        "GOOGLE_GEMINI_BASE_URL",
        "LLM_BASE_URL",
        *_LITELLM,
    )
    flags = ("--base-url", "--api-base", "--api_base", "--openai-base-url")
    return Agent(name=name, label=label, bases=bases, flags=flags)


CRUSH = _generic("crush", "Crush")
SWE_AGENT = _generic("swe-agent", "SWE-agent")
CLINE = _generic("cline", "Cline")
KILO = _generic("kilocode", "Kilo Code")
CONTINUE = _generic("continue", "Continue's CLI")
GPTME = _generic("gptme", "gptme")
INTERPRETER = _generic("open-interpreter", "Open Interpreter")
PLANDEX = _generic("plandex", "Plandex")
CODE_REVIEW = _generic("ai-review", "The AI review action")
