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
    b"tokengate", b"llm", b"gpt", b"bedrock", b"vertex", b"portkey", b"goose", b"openhands", b"google-github-actions/",
    b"api_key", b"apikey", b"api-key", b": ./", b"'./", b'"./', b"inherit", b"tojson(secrets", b"secrets[", b"op://",
    b"pr-agent", b"pr_agent", b"coderabbit", b"amp ", b"droid", b"crush", b"auggie", b"sourcegraph/amp", b"augmentcode",
    b"sweagent", b"swe-agent", b"sweepai", b"jules", b"kiro", b"cline", b"kilo", b"plandex", b"rovodev", b"junie", b"devin",
    b"bugbot", b"qodo", b"continuedev", b"interpreter", b"warp", b"oz agent", b"cr review", b"mini -", b"pi -p", b"cn -p",
    b"q chat", b"amazon-q", b"agent-task", b"models run", b"gcloud", b"genai", b"ai-inference", b"ai-codereviewer",
    b"azure_ai", b"foundry", b"ai_api", b"model_api",
)  # fmt: skip
_OF_PIPELINES = (".yml", ".yaml", ".groovy")
_HANDED = (b"key", b"token", b"secret", b"auth", b"credential")
"""One of these is in each name of a key."""

_KEYS = (
    b"mistral", b"codestral", b"cohere", b"groq", b"xai", b"grok", b"deepseek", b"openrouter", b"perplexity", b"pplx",
    b"generative", b"hf_", b"together", b"fireworks", b"replicate", b"cerebras", b"voyage", b"nvidia", b"nim_", b"ngc_",
    b"moonshot", b"kimi", b"eleven", b"dashscope", b"zhipu", b"zai", b"bigmodel", b"glm", b"minimax", b"ai21", b"sambanova",
    b"infra", b"novita", b"silicon", b"nebius", b"hyperbolic", b"anyscale", b"upstage", b"aoai", b"open_ai", b"open-ai",
    b"open_router", b"open-router", b"google_ai", b"google-ai", b"ai_studio", b"ai-studio", b"deep_seek", b"deep-seek",
    b"z_ai", b"hugging",
)  # fmt: skip
_REACHES = (
    b".sh",
    b" make",
    b"npm ",
    b" ./",
    b"pnpm ",
    b"yarn ",
    b"bun run",
    b".py",
    b".mjs",
    b".js",
    b".ts",
    b" just ",
    b" task ",
    b"source ",
    b" . ",
)
"""A workflow with one of these may run a file of the repository that runs an agent."""

_INCLUDES = {
    Kind.GITLAB: (b"include",),
    Kind.AZURE: (b"template",),
    Kind.PIPELINE: (b"include", b"template"),
    Kind.CIRCLECI: (b"configuration", b"config-path", b"config_path"),
    Kind.JENKINS: (b"load", b"readtrusted"),
}
"""A pipeline with one of these may take in another file that does."""

_BROAD = frozenset(
    {
        Kind.WORKFLOW,
        Kind.ACTION,
        Kind.GITLAB,
        Kind.CIRCLECI,
        Kind.AZURE,
        Kind.PIPELINE,
        Kind.JENKINS,
        Kind.COMPOSE,
    }
)


def may_matter(path: str, data: bytes) -> bool:
    """False only for a file in which `check` would find nothing."""
    kind = kind_of(path)
    if kind is None:
        return False
    low = data.lower()
    reaches = _REACHES if kind is Kind.WORKFLOW else _INCLUDES.get(kind, ())
    return speaks(kind, low) or any(word in low for word in reaches)


def may_be_part(path: str, data: bytes) -> bool:
    """Whether a file that its name does not tell could be of a pipeline that includes it, and matter there."""
    return path.lower().endswith(_OF_PIPELINES) and speaks(Kind.PIPELINE, data.lower())


def speaks(kind: Kind, low: bytes) -> bool:
    """Whether a file, in lower case, names an agent, a key or a host itself."""
    if kind in _BROAD and any(word in low for word in _FLOWS):
        return True
    if kind in _BROAD and any(word in low for word in _HANDED) and any(w in low for w in _KEYS):
        return True
    return any(part in low for part in _PARTS) and any(host in low for host in _HOSTS)
