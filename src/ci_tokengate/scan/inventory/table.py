"""SDKs by language: the package that a file names, and what in it begins to call a model.

names: classes and functions by which it does; their aliases in a file count as well. calls: a whole expression, where
a name alone says too little. Packages are those of the registries' own pages, September 2026.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from re import M, Pattern, compile, findall, sub

_IMPORTS = frozenset({"from", "import", "require"})


@dataclass(frozen=True)
class Sdk:
    """cloud: whether it can only reach a cloud's own models. default: whether a default import has any name."""

    name: str
    endings: tuple[str, ...]
    package: str
    names: str = ""
    calls: str = ""
    cloud: bool = False
    default: bool = False

    def is_in(self, text: str) -> bool:
        """Whether a file names the package. Most do not hold its words, which is seen faster."""
        return any(word in text for word in self._words) and bool(self._in_file.search(text))

    @cached_property
    def _in_file(self) -> Pattern[str]:
        return compile(self.package, M)

    @cached_property
    def _words(self) -> frozenset[str]:
        """At least one for each way to name the package."""
        return frozenset(findall("[A-Za-z_-]{4,}", sub(r"\\[a-z]", " ", self.package))) - _IMPORTS


_PY = (".py", ".ipynb")
_JS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte")
_GO, _JVM, _RB = (".go",), (".java", ".kt", ".kts", ".scala", ".groovy"), (".rb", ".rake")


def _py(package: str) -> str:
    """An import at the begin of a line, also of a notebook's."""
    return rf"^[ \t\"]*(?:from|import) +{package}\b"


def _js(package: str) -> str:
    return rf"[\"'`]{package}(?:/[\w./-]+)?[\"'`]"


SDKS = (
    Sdk("openai", _PY, _py("openai"), "OpenAI|AsyncOpenAI", r"\bopenai\.(?:chat\.completions|responses|completions|embeddings|images|ChatCompletion|Completion|Embedding)\.a?create"),
    Sdk("Azure OpenAI", _PY, _py("openai"), "AzureOpenAI|AsyncAzureOpenAI", cloud=True),
    Sdk("OpenAI Agents SDK", _PY, _py("agents"), "", r"\bRunner\.run(?:_sync|_streamed)?"),
    Sdk("anthropic", _PY, _py("anthropic"), "Anthropic|AsyncAnthropic"),
    Sdk("Anthropic on a cloud", _PY, _py("anthropic"), "(?:Async)?Anthropic(?:Bedrock|Vertex|Foundry)", cloud=True),
    Sdk("Claude Agent SDK", _PY, _py("claude_(?:agent|code)_sdk"), "ClaudeSDKClient", r"(?<![.\w])(?:claude_(?:agent|code)_sdk\.)?query"),
    Sdk("google-genai", _PY, _py("(?:google import genai|google\\.genai)"), "", r"\bgenai\.Client"),
    Sdk("google-generativeai", _PY, _py("google\\.generativeai"), "", r"\b(?:genai|palm|generativeai)\.(?:GenerativeModel|embed_content)"),
    Sdk("Vertex AI", _PY, _py("vertexai"), "GenerativeModel|TextEmbeddingModel", cloud=True),
    Sdk("Bedrock by boto3", _PY, "boto3|botocore", "", r"\.client\(\s*(?:service_name\s*=\s*)?\\?[\"']bedrock-(?:agent-)?runtime\\?[\"']", cloud=True),
    Sdk("Azure AI Inference", _PY, _py("azure\\.ai\\.inference"), "(?:ChatCompletions|Embeddings)Client", cloud=True),
    Sdk("mistral", _PY, _py("mistralai"), "Mistral|MistralClient|MistralAsyncClient"),
    Sdk("groq", _PY, _py("groq"), "Groq|AsyncGroq"),
    Sdk("cohere", _PY, _py("cohere"), "", r"\bcohere\.(?:Async)?Client(?:V2)?"),
    Sdk("together", _PY, _py("together"), "Together|AsyncTogether"),
    Sdk("cerebras", _PY, _py("cerebras"), "Cerebras|AsyncCerebras"),
    Sdk("replicate", _PY, _py("replicate"), "", r"\breplicate\.(?:run|stream|async_run|Client)"),
    Sdk("xai", _PY, _py("xai_sdk"), "", r"\b(?:xai_sdk\.)?(?:Async)?Client"),
    Sdk("huggingface", _PY, _py("huggingface_hub"), "InferenceClient|AsyncInferenceClient"),
    Sdk("voyage", _PY, _py("voyageai"), "", r"\bvoyageai\.(?:Async)?Client"),
    Sdk("litellm", _PY, _py("litellm"), "", r"(?<![.\w])(?:litellm\.)?(?:a?completion|a?embedding|a?responses|Router)"),
    Sdk("langchain", _PY, _py("langchain\\w*"), "Chat(?:OpenAI|Anthropic|GoogleGenerativeAI|MistralAI|Groq|Cohere|Together|Fireworks|XAI|DeepSeek|Perplexity|LiteLLM|OpenRouter)|OpenAIEmbeddings|GoogleGenerativeAIEmbeddings|init_chat_model|init_embeddings"),
    Sdk("langchain on a cloud", _PY, _py("langchain\\w*"), "ChatBedrock(?:Converse)?|ChatVertexAI|AzureChatOpenAI|AzureOpenAIEmbeddings|BedrockEmbeddings|VertexAIEmbeddings", cloud=True),
    Sdk("llama-index", _PY, _py("llama_index\\.(?:llms|embeddings)"), "OpenAI|OpenAILike|Anthropic|Gemini|GoogleGenAI|MistralAI|Groq|Cohere|LiteLLM|OpenAIEmbedding"),
    Sdk("pydantic-ai", _PY, _py("pydantic_ai"), "Agent"),
    Sdk("crewai", _PY, _py("crewai"), "LLM"),
    Sdk("dspy", _PY, _py("dspy"), "", r"\bdspy\.LM"),
    Sdk("instructor", _PY, _py("instructor"), "", r"\binstructor\.from_provider"),
    Sdk("smolagents", _PY, _py("smolagents"), "LiteLLMModel|OpenAIServerModel|OpenAIModel|InferenceClientModel|HfApiModel"),
    Sdk("openai", _JS, _js("openai"), "OpenAI", default=True),
    Sdk("Azure OpenAI", _JS, _js("(?:openai|@azure/openai)"), "AzureOpenAI|OpenAIClient", cloud=True),
    Sdk("OpenAI Agents SDK", _JS, _js("@openai/agents"), "", r"(?<![.\w])run(?=\(\s*\w+\s*,)|\bnew Runner"),
    Sdk("Codex SDK", _JS, _js("@openai/codex-sdk"), "Codex"),
    Sdk("anthropic", _JS, _js("@anthropic-ai/sdk"), "Anthropic", default=True),
    Sdk("Anthropic on a cloud", _JS, _js("@anthropic-ai/(?:bedrock|vertex|foundry)-sdk"), "Anthropic(?:Bedrock|Vertex|Foundry)", cloud=True, default=True),
    Sdk("Claude Agent SDK", _JS, _js("@anthropic-ai/claude-(?:agent-sdk|code)"), "", r"(?<![.\w])query"),
    Sdk("google-genai", _JS, _js("@google/gen(?:ai|erative-ai)"), "GoogleGenAI|GoogleGenerativeAI"),
    Sdk("Vertex AI", _JS, _js("@google-cloud/vertexai"), "VertexAI", cloud=True),
    Sdk("mistral", _JS, _js("@mistralai/mistralai"), "Mistral|MistralClient", default=True),
    Sdk("groq", _JS, _js("groq-sdk"), "Groq", default=True),
    Sdk("cohere", _JS, _js("cohere-ai"), "CohereClient(?:V2)?"),
    Sdk("together", _JS, _js("together-ai"), "Together", default=True),
    Sdk("replicate", _JS, _js("replicate"), "Replicate", default=True),
    Sdk("huggingface", _JS, _js("@huggingface/inference"), "InferenceClient|HfInference"),
    Sdk("ai-sdk", _JS, _js("(?:@ai-sdk/[\\w-]+|@openrouter/ai-sdk-provider)"), "", r"\bcreate(?:OpenAI|Anthropic|GoogleGenerativeAI|Mistral|Groq|Cohere|Xai|DeepSeek|TogetherAI|Fireworks|Cerebras|Perplexity|OpenRouter|OpenAICompatible)|(?<![.\w])(?:openai|anthropic|google|mistral|groq|cohere|xai|deepseek|perplexity)(?:\.\w+)?(?=\(\s*[\"'`])"),
    Sdk("ai-sdk on a cloud", _JS, _js("@ai-sdk/(?:amazon-bedrock|azure|google-vertex)"), "", r"\bcreate(?:AmazonBedrock|Azure|Vertex)|(?<![.\w])(?:bedrock|azure|vertex)(?=\(\s*[\"'`])", cloud=True),
    Sdk("langchain", _JS, _js("@langchain/[\\w-]+"), "Chat(?:OpenAI|Anthropic|GoogleGenerativeAI|MistralAI|Groq|Cohere|XAI|DeepSeek)|OpenAIEmbeddings", r"\binitChatModel"),
    Sdk("langchain on a cloud", _JS, _js("@langchain/[\\w-]+"), "AzureChatOpenAI|ChatBedrockConverse|BedrockChat|ChatVertexAI", cloud=True),
    Sdk("Bedrock", _JS, _js("@aws-sdk/client-bedrock-(?:agent-)?runtime"), "Bedrock(?:Agent)?Runtime(?:Client)?", cloud=True),
    Sdk("Azure AI Inference", _JS, _js("@azure-rest/ai-inference"), "", r"\bModelClient|\bcreateClient", cloud=True, default=True),
    Sdk("openai", _GO, r"github\.com/(?:openai/openai-go|sashabaranov/go-openai)", "", r"\bopenai\.NewClient(?:WithConfig)?"),
    Sdk("anthropic", _GO, r"anthropic-sdk-go|liushuangls/go-anthropic", "", r"\banthropic\.NewClient"),
    Sdk("google-genai", _GO, r"google\.golang\.org/genai|generative-ai-go", "", r"\bgenai\.NewClient"),
    Sdk("langchaingo", _GO, r"tmc/langchaingo/llms/", "", r"\b(?:openai|anthropic|googleai|mistral|cohere)\.New"),
    Sdk("cohere", _GO, r"cohere-ai/cohere-go", "", r"\b(?:client|cohereclient)\.NewClient"),
    Sdk("Bedrock", _GO, r"aws-sdk-go(?:-v2)?/service/bedrock(?:agent)?runtime", "", r"\bbedrock(?:agent)?runtime\.New(?:FromConfig)?", cloud=True),
    Sdk("Azure OpenAI", _GO, r"azure-sdk-for-go/sdk/ai/azopenai", "", r"\bazopenai\.NewClient(?:WithKeyCredential|ForOpenAI)?", cloud=True),
    Sdk("openai", _JVM, r"\bcom\.openai\.", "", r"\bOpenAIOkHttpClient(?:Async)?\.(?:builder|fromEnv)"),
    Sdk("openai", _JVM, r"\bcom\.theokanning\.openai|io\.github\.sashirestela", "OpenAiService|SimpleOpenAI", r"\bSimpleOpenAI\.builder"),
    Sdk("anthropic", _JVM, r"\bcom\.anthropic\.", "", r"\bAnthropicOkHttpClient(?:Async)?\.(?:builder|fromEnv)"),
    Sdk("google-genai", _JVM, r"\bcom\.google\.genai\b", "", r"\bClient\.builder|\bnew Client"),
    Sdk("langchain4j", _JVM, r"\bdev\.langchain4j", "", r"\b(?:OpenAi|Anthropic|GoogleAiGemini|MistralAi|Cohere)\w*Model\.(?:builder|withApiKey)"),
    Sdk("langchain4j on a cloud", _JVM, r"\bdev\.langchain4j", "", r"\b(?:AzureOpenAi|Bedrock|VertexAi)\w*Model\.builder", cloud=True),
    Sdk("Spring AI", _JVM, r"\borg\.springframework\.ai\b", "(?:OpenAi|Anthropic|MistralAi|GoogleGenAi)ChatModel|(?:OpenAi|Anthropic)Api", r"\b(?:OpenAi|Anthropic|MistralAi|GoogleGenAi)(?:ChatModel|Api)\.builder|\bChatClient\.(?:builder|create)"),
    Sdk("Bedrock", _JVM, r"\bsoftware\.amazon\.awssdk\.services\.bedrockruntime\b", "", r"\bBedrockRuntime(?:Async)?Client\.(?:builder|create)", cloud=True),
    Sdk("Azure OpenAI", _JVM, r"\bcom\.azure\.ai\.(?:openai|inference)\b", "(?:OpenAI|ChatCompletions)ClientBuilder", cloud=True),
    Sdk("Vertex AI", _JVM, r"\bcom\.google\.cloud\.vertexai\b", "VertexAI", cloud=True),
    Sdk("openai", _RB, r"\bOpenAI::", "", r"\bOpenAI::Client\.new"),
    Sdk("anthropic", _RB, r"\bAnthropic::", "", r"\bAnthropic::Client\.new"),
    Sdk("ruby_llm", _RB, r"\bRubyLLM\b", "", r"\bRubyLLM\.(?:chat|embed|paint)\b"),
    Sdk("langchainrb", _RB, r"\bLangchain::LLM::", "", r"\bLangchain::LLM::(?:OpenAI|Anthropic|GoogleGemini|MistralAI|Cohere)\.new"),
    Sdk("gemini", _RB, r"require [\"']gemini-ai[\"']", "", r"\bGemini\.new"),
    Sdk("Bedrock", _RB, r"\bAws::BedrockRuntime", "", r"\bAws::BedrockRuntime::Client\.new", cloud=True),
)  # fmt: skip
WORDS = (
    b"openai", b"anthropic", b"claude", b"genai", b"generative", b"langchain", b"litellm", b"bedrock", b"ai-sdk",
    b"vertexai", b"mistral", b"groq", b"cohere", b"together", b"replicate", b"cerebras", b"xai_sdk", b"huggingface",
    b"voyageai", b"llama_index", b"pydantic_ai", b"crewai", b"dspy", b"instructor", b"smolagents", b"agents",
    b"azure", b"springframework.ai", b"rubyllm", b"gemini", b"codex-sdk", b"openrouter",
)  # fmt: skip
"""In lower case: one of these is in every file that has such an SDK."""
