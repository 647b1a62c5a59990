"""Whether a file can matter to TG003-TG009 at all: literals in its bytes, nothing else. Standard library only."""

from __future__ import annotations

from ci_tokengate.scan.flows.files import Kind, kind_of
from ci_tokengate.scan.flows.host_table import LITERALS

_HOSTS = tuple(literal.encode() for literal in LITERALS)
"""For an engine that looks for many literals at once."""

_PARTS = (
    b"api.", b"azure", b"bedrock-", b"openrouter.ai", b"aiplatform", b"generativelanguage", b"huggingface", b"models.github",
    b"dashscope", b"chatgpt.com", b"bigmodel.cn", b"codestral.", b"inference.", b"models.inf", b"volces.com", b"githubcopilot",
)  # fmt: skip
"""One of these is in each of them: most files are told by fewer looks."""

_FLOWS = (
    b"anthropic", b"claude", b"openai", b"codex", b"gemini", b"aider", b"opencode", b"qwen", b"copilot", b"cursor",
    b"tokengate", b"llm", b"bedrock", b"vertex", b"mistral", b"cohere", b"groq", b"xai", b"grok", b"deepseek",
    b"openrouter", b"perplexity", b"pplx", b"huggingface", b"hf_", b"together", b"fireworks", b"replicate", b"cerebras",
    b"voyage", b"nvidia", b"ngc_", b"moonshot", b"kimi", b"elevenlabs", b"dashscope", b"portkey", b"goose", b"openhands",
    b"pr-agent", b"pr_agent", b"coderabbit", b"amp ", b"droid", b"crush", b"auggie", b"sourcegraph/amp", b"ai-inference",
    b"azure_api", b"google_api", b"foundry", b"gptme", b"sweagent", b"swe-agent", b"jules", b"kiro", b"cline", b"kilo",
    b"plandex", b"rovodev", b"junie", b"devin", b"bugbot", b"qodo", b"ai21", b"sambanova", b"zhipu", b"zai", b"minimax",
    b"agent-task", b"mini -", b"continuedev", b"models run", b"gcloud", b"interpreter", b"warp", b"oz agent", b"cr review", b"sweepai", b"ai-codereviewer",
    b"genai", b"review-pr", b"describe-pr", b"augmentcode", b"amazon-q", b"op://", b"azure_ai", b"google-github-actions/", b"chatgpt", b"gpt", b"q chat", b"ai_api", b"model_api",
    b": ./", b"'./", b'"./', b"inherit", b"tojson(secrets", b"secrets[", b"pi -p", b"cn -p",
)  # fmt: skip
_REACHES = (
    b".sh",
    b" make",
    b"npm run",
    b"npm test",
    b"npm -",
    b"pnpm ",
    b"yarn ",
    b"bun run",
    b".py",
    b".mjs",
    b".js",
    b".ts",
    b" just ",
    b" task ",
)
"""A workflow with one of these may run a file of the repository that runs an agent."""

_BROAD = frozenset(
    {Kind.WORKFLOW, Kind.ACTION, Kind.GITLAB, Kind.CIRCLECI, Kind.AZURE, Kind.JENKINS, Kind.COMPOSE}
)


def may_matter(path: str, data: bytes) -> bool:
    """False only for a file in which `check` would find nothing."""
    kind = kind_of(path)
    if kind is None:
        return False
    low = data.lower()
    return speaks(kind, low) or (kind is Kind.WORKFLOW and any(word in low for word in _REACHES))


def speaks(kind: Kind, low: bytes) -> bool:
    """Whether a file, in lower case, names an agent, a key or a host itself."""
    if kind in _BROAD and any(word in low for word in _FLOWS):
        return True
    return any(part in low for part in _PARTS) and any(host in low for host in _HOSTS)
