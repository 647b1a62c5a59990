"""Whether a file can matter to TG003-TG009 at all: literals in its bytes, nothing else. Standard library only."""

from __future__ import annotations

from ci_tokengate.scan.flows.files import Kind, kind_of

_HOSTS = (
    b"api.anthropic.com", b".openai.com", b".googleapis.com", b".azure.", b"bedrock", b"models.github.ai", b"mistral.ai",
    b"api.cohere.", b"api.groq.com", b"api.x.ai", b"api.deepseek.com", b"openrouter.ai", b"api.perplexity.ai",
    b"huggingface.c", b"api.together.", b"api.fireworks.ai", b"api.replicate.com", b"api.cerebras.ai",
    b"api.voyageai.com", b".api.nvidia.com", b"api.moonshot.", b"api.elevenlabs.io", b"dashscope", b"bigmodel.cn",
    b"api.z.ai", b"api.minimax", b"api.ai21.com", b"api.sambanova.ai", b"api.deepinfra.com", b"api.novita.ai",
    b"api.siliconflow.", b"nebius", b"api.hyperbolic.xyz", b"anyscale.com", b"api.lepton.ai", b"api.baichuan-ai.com",
    b"api.stepfun.com", b"api.inference.net", b"api.jina.ai", b"api.upstage.ai", b"api.reka.ai", b"api.writer.com",
    b"do-ai.run", b"volces.com", b"chatgpt.com", b"githubcopilot.com",
)  # fmt: skip
_FLOWS = (
    b"anthropic", b"claude", b"openai", b"codex", b"gemini", b"aider", b"opencode", b"qwen", b"copilot", b"cursor",
    b"tokengate", b"llm", b"bedrock", b"vertex", b"mistral", b"cohere", b"groq", b"xai", b"grok", b"deepseek",
    b"openrouter", b"perplexity", b"pplx", b"huggingface", b"hf_", b"together", b"fireworks", b"replicate", b"cerebras",
    b"voyage", b"nvidia", b"ngc_", b"moonshot", b"kimi", b"elevenlabs", b"dashscope", b"portkey", b"goose", b"openhands",
    b"pr-agent", b"pr_agent", b"coderabbit", b"amp ", b"droid", b"crush", b"auggie", b"sourcegraph/amp", b"ai-inference",
    b"azure_api", b"google_api", b"foundry", b"gptme", b"sweagent", b"swe-agent", b"jules", b"kiro", b"cline", b"kilo",
    b"plandex", b"rovodev", b"junie", b"devin", b"bugbot", b"qodo", b"ai21", b"sambanova", b"zhipu", b"zai", b"minimax",
    b"azure_ai", b"google-github-actions/", b"chatgpt", b"gpt", b"q chat", b"ai_api", b"model_api",
    b"secrets[", b"pi -p", b"cn -p",
)  # fmt: skip
_BROAD = frozenset(
    {Kind.WORKFLOW, Kind.ACTION, Kind.GITLAB, Kind.CIRCLECI, Kind.AZURE, Kind.JENKINS, Kind.COMPOSE}
)


def may_matter(path: str, data: bytes) -> bool:
    """False only for a file in which `check` would find nothing."""
    kind = kind_of(path)
    if kind is None:
        return False
    low = data.lower()
    if kind in _BROAD and any(word in low for word in _FLOWS):
        return True
    return any(host in low for host in _HOSTS)
