"""How each agent or SDK is called in the proofs: its command and nothing of its wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.live.agents import install

HERE = Path(__file__).parent
PROXY = "http://127.0.0.1:4000"
TRAP = "http://127.0.0.1:4001"
"""Where the proxy, and somebody else, are for a client."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """One program that calls a model.

    tool: the entry of the table that wires it.
    command: prompt → arguments.
    model: what the wiring makes it ask for (an SDK's program names it itself).
    route: how the path of its calls begins.
    version: the command that prints it.
    agent: whether it goes round a loop with a shell tool, so that it can be refused in mid-run.
    quiet: whether it ends with status 0 although it was refused.
    attempts: how often it asks for one answer in the face of 429, when its own limit of retries is wired; else 0.
    few, soon: a refused client asks at most so often, and is gone after so many seconds.
    note: for the table of compatibility.
    """

    name: str
    tool: str
    command: Callable[[str], tuple[str, ...]]
    model: str
    route: str
    version: Callable[[], tuple[str, ...]]
    agent: bool = False
    quiet: bool = False
    attempts: int = 0
    few: int = 6
    soon: float = 30
    note: str = ""


MODELS = ("claude-sonnet", "claude-haiku", "gpt-codex", "gpt-mini", "gemini-flash")
"""What the job key of the proofs may use, in the policy's order."""


HOSTILE = {
    "OPENCODE_AUTH_CONTENT": '{"openai": {"type": "api", "key": "elsewhere"}}',
    "ANTHROPIC_API_BASE": TRAP,
    "QWEN_CODE_UNATTENDED_RETRY": "1",
    "AIDER_ANTHROPIC_API_KEY": "sk-elsewhere",
    "AIDER_OPENAI_API_TYPE": "azure",
    "GEMINI_CLI_USE_COMPUTE_ADC": "true",
    "ANTHROPIC_IDENTITY_TOKEN_FILE": "/elsewhere",
    "CLAUDE_CODE_USE_GATEWAY": "1",
    "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD": "1",
    "ANTHROPIC_API_KEY": "sk-elsewhere",
    "ANTHROPIC_API_URL": TRAP,
    "ANTHROPIC_AUTH_TOKEN": "sk-elsewhere",
    "ANTHROPIC_BASE_URL": TRAP,
    "ANTHROPIC_BEDROCK_BASE_URL": TRAP,
    "ANTHROPIC_FEDERATION_RULE_ID": "fdrl_elsewhere",
    "ANTHROPIC_FOUNDRY_BASE_URL": TRAP,
    "ANTHROPIC_IDENTITY_TOKEN": "elsewhere",
    "ANTHROPIC_MODEL": "claude-elsewhere",
    "ANTHROPIC_ORGANIZATION_ID": "elsewhere",
    "ANTHROPIC_PROFILE": "elsewhere",
    "ANTHROPIC_PROXY": TRAP,
    "ANTHROPIC_UNIX_SOCKET": "/elsewhere",
    "ANTHROPIC_VERTEX_BASE_URL": TRAP,
    "AIDER_API_KEY": "openai=sk-elsewhere",
    "AIDER_MODEL": "openai/elsewhere",
    "AIDER_OPENAI_API_BASE": TRAP,
    "AIDER_OPENAI_API_KEY": "sk-elsewhere",
    "AIDER_SET_ENV": f"OPENAI_API_BASE={TRAP}",
    "AWS_ACCESS_KEY_ID": "elsewhere",
    "AWS_BEARER_TOKEN_BEDROCK": "elsewhere",
    "AWS_REGION": "us-east-1",
    "AWS_SECRET_ACCESS_KEY": "elsewhere",
    "CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-oat01-elsewhere",
    "CLAUDE_CODE_SUBAGENT_MODEL": "claude-elsewhere",
    "CLAUDE_CODE_USE_ANTHROPIC_AWS": "1",
    "CLAUDE_CODE_USE_BEDROCK": "1",
    "CLAUDE_CODE_USE_FOUNDRY": "1",
    "CLAUDE_CODE_USE_MANTLE": "1",
    "CLAUDE_CODE_USE_VERTEX": "1",
    "CODEX_ACCESS_TOKEN": "elsewhere",
    "CODEX_API_KEY": "sk-elsewhere",
    "COPILOT_MODEL": "elsewhere",
    "COPILOT_PROVIDER_API_KEY": "elsewhere",
    "COPILOT_PROVIDER_BASE_URL": TRAP,
    "COPILOT_PROVIDER_BEARER_TOKEN": "elsewhere",
    "COPILOT_PROVIDER_TYPE": "azure",
    "COPILOT_PROVIDER_WIRE_API": "responses",
    "GEMINI_API_BASE": TRAP,
    "GEMINI_API_KEY": "elsewhere",
    "GEMINI_API_KEY_AUTH_MECHANISM": "bearer",
    "GEMINI_MODEL": "gemini-elsewhere",
    "GH_TOKEN": "ghs_elsewhere",
    "GITHUB_TOKEN": "ghs_elsewhere",
    "GOOGLE_API_KEY": "elsewhere",
    "GOOGLE_GEMINI_BASE_URL": TRAP,
    "GOOGLE_GENAI_USE_ENTERPRISE": "true",
    "GOOGLE_GENAI_USE_GCA": "true",
    "GOOGLE_GENAI_USE_VERTEXAI": "true",
    "GOOGLE_CLOUD_LOCATION": "us-central1",
    "GOOGLE_CLOUD_PROJECT": "elsewhere",
    "GOOGLE_VERTEX_BASE_URL": TRAP,
    "LITELLM_PROXY_API_BASE": TRAP,
    "LITELLM_PROXY_API_KEY": "elsewhere",
    "OPENAI_ADMIN_KEY": "sk-elsewhere",
    "OPENAI_API_BASE": TRAP,
    "OPENAI_API_KEY": "sk-elsewhere",
    "OPENAI_BASE_URL": TRAP,
    "OPENAI_MODEL": "elsewhere",
    "OPENAI_ORG_ID": "elsewhere",
    "OPENAI_ORGANIZATION": "elsewhere",
    "OPENAI_PROJECT_ID": "elsewhere",
    "OPENAI_PROXY": TRAP,
    "OPENCODE_CONFIG_CONTENT": '{"model": "openai/elsewhere"}',
    "OPENCODE_CONFIG_DIR": "/elsewhere",
    "QWEN_DEFAULT_AUTH_TYPE": "qwen-oauth",
}
"""What a job might hold already: other addresses, keys, logins, clouds and models, by every name we know of."""


def _node(name: str) -> str:
    return str(install.node_programs() / name)


def _python(environment: str, name: str = "python") -> str:
    return str(install.python_programs(environment) / name)


def _claude(prompt: str) -> tuple[str, ...]:
    allow = "--allowedTools=Bash"
    return (_node("claude"), "-p", prompt, "--output-format", "json", allow)


def _codex(prompt: str) -> tuple[str, ...]:
    return (_node("codex"), "exec", "--dangerously-bypass-approvals-and-sandbox", prompt)


def _gemini(prompt: str) -> tuple[str, ...]:
    return (_node("gemini"), "--skip-trust", "--yolo", "-o", "json", "-p", prompt)


def _copilot(prompt: str) -> tuple[str, ...]:
    return (_node("copilot"), "-p", prompt, "--allow-all-tools")


def _opencode(prompt: str) -> tuple[str, ...]:
    return (_node("opencode"), "run", prompt)


def _qwen(prompt: str) -> tuple[str, ...]:
    return (_node("qwen"), "--yolo", "-p", prompt)


def _aider(prompt: str) -> tuple[str, ...]:
    return (
        _python("aider", "aider"),
        "--yes-always",
        "--no-git",
        "--map-tokens",
        "0",
        "--message",
        prompt,
    )


def _aider_version() -> tuple[str, ...]:
    return (_python("aider", "aider"), "--version")


def _agent(
    name: str,
    command: Callable[[str], tuple[str, ...]],
    model: str,
    route: str,
    note: str,
    attempts: int = 0,
    few: int = 6,
    soon: float = 30,
) -> Client:
    return Client(
        name=name,
        tool=name,
        command=command,
        model=model,
        route=route,
        version=lambda: (command("")[0], "--version"),
        agent=True,
        attempts=attempts,
        few=few,
        soon=soon,
        note=note,
    )


def _sdk(name: str, tool: str, route: str, model: str, called: str = "", note: str = "") -> Client:
    def command(prompt: str, asked: str = called or model) -> tuple[str, ...]:
        return (_python("sdks"), str(HERE / "sdks.py"), name, asked, prompt)

    return Client(
        name=f"{called.partition('/')[0] + '/… in ' if '/' in called else ''}{name} (Python)",
        tool=tool,
        command=command,
        model=model,
        route=route,
        version=lambda: command("", "--version"),
        note=note,
    )


def _npm(name: str, tool: str, route: str, model: str) -> Client:
    def command(prompt: str, asked: str = model) -> tuple[str, ...]:
        modules = install.node_programs().parent
        return ("node", str(HERE / "sdks.mjs"), str(modules), name, asked, prompt)

    return Client(
        name=f"{name} (npm)",
        tool=tool,
        command=command,
        model=model,
        route=route,
        version=lambda: command("", "--version"),
    )


_CHAT, _RESPONSES, _MESSAGES = "/v1/chat/completions", "/v1/responses", "/v1/messages"
_GEMINI = "/v1beta/models/gemini-flash:"

AGENTS = (
    _agent(
        "claude-code",
        _claude,
        "claude-sonnet",
        _MESSAGES,
        "After a 422 it asks five times more within a second, with fewer beta features; only once with"
        " `CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS=1`, which is not wired because it costs features.",
        attempts=3,
    ),
    _agent(
        "codex",
        _codex,
        "gpt-codex",
        _RESPONSES,
        "Its own provider; OPENAI_BASE_URL is ignored.",
        attempts=1,
    ),
    _agent(
        "gemini",
        _gemini,
        "gemini-flash",
        _GEMINI,
        "Its exit status is the HTTP status modulo 256. Its home is a folder of ours (GEMINI_CLI_HOME).",
        attempts=3,
    ),
    _agent(
        "copilot",
        _copilot,
        "claude-sonnet",
        _MESSAGES,
        "It takes a 401 for a passing trouble and asks twice more.",
    ),
    _agent(
        "opencode",
        _opencode,
        "claude-sonnet",
        _CHAT,
        "One more call a run, for the title. Its limit of retries is fixed, and it goes by digits: when the proxy's"
        " message happens to hold 429, 500, 502 … (`Current cost: 0.00500…`, or the hash of a revoked key) it asks"
        " five times more, for over a minute.",
        few=12,
        soon=110,
    ),
    _agent("qwen-code", _qwen, "claude-sonnet", _CHAT, ""),
    Client(
        name="aider",
        tool="aider",
        command=_aider,
        model="claude-sonnet",
        route=_CHAT,
        version=_aider_version,
        quiet=True,
        note="**Ends with status 0 although refused**: a step's success says nothing about the budget.",
    ),
)
SDKS = (
    _sdk("openai", "openai", _RESPONSES, "gpt-mini"),
    _npm("openai", "openai", _RESPONSES, "gpt-mini"),
    _sdk("anthropic", "anthropic", _MESSAGES, "claude-haiku"),
    _npm("@anthropic-ai/sdk", "anthropic", _MESSAGES, "claude-haiku"),
    _sdk("google-genai", "google-genai", _GEMINI, "gemini-flash"),
    _npm("@google/genai", "google-genai", _GEMINI, "gemini-flash"),
    _sdk("langchain-openai", "langchain", _CHAT, "gpt-mini"),
    _sdk("langchain-anthropic", "langchain", _MESSAGES, "claude-haiku"),
    _sdk("litellm", "litellm", "/chat/completions", "claude-haiku", "litellm_proxy/claude-haiku"),
    _sdk("litellm", "litellm", "/v1/messages", "claude-haiku", "anthropic/claude-haiku"),
    _sdk("litellm", "litellm", "/v1/chat/completions", "gpt-mini", "openai/gpt-mini"),
    _sdk("litellm", "litellm", "/models/gemini-flash:", "gemini-flash", "gemini/gemini-flash"),
)
CLIENTS = (*AGENTS, *SDKS)
