"""What the names of variables, inputs and secrets say: whose key it is, and what holds a base URL."""

from __future__ import annotations

import re
from functools import lru_cache

_PROVIDERS = (
    ("litellm", "LITELLM"),
    ("portkey", "PORTKEY"),
    ("azure-openai", "AZURE_?OPEN_?AI|AZURE_AI|AOAI"),
    ("openrouter", "OPEN_?ROUTER"),
    ("anthropic", "ANTHROPIC|CLAUDE"),
    ("openai", "OPEN_?AI|CODEX|CHAT_?GPT|GPT\\d*"),
    ("google-gemini", "GEMINI|GOOGLE_?AI|GOOGLE_?GENAI|GOOGLE_GENERATIVE_AI|AI_STUDIO"),
    ("mistral", "MISTRAL(?:AI)?|CODESTRAL"),
    ("cohere", "COHERE"),
    ("groq", "GROQ(?:CLOUD)?"),
    ("xai", "XAI|GROK"),
    ("deepseek", "DEEP_?SEEK"),
    ("perplexity", "PERPLEXITY(?:AI)?|PPLX"),
    ("together", "TOGETHER(?:_?AI)?"),
    ("fireworks", "FIREWORKS(?:_?AI)?"),
    ("replicate", "REPLICATE"),
    ("cerebras", "CEREBRAS"),
    ("voyage", "VOYAGE(?:_?AI)?"),
    ("nvidia", "NVIDIA(?:_NIM)?|NIM"),
    ("moonshot", "MOONSHOT(?:AI)?|KIMI"),
    ("elevenlabs", "ELEVEN_?LABS"),
    ("dashscope", "DASHSCOPE|QWEN"),
    ("zhipu", "ZHIPU(?:AI)?|ZAI|Z_AI|BIGMODEL|GLM"),
    ("minimax", "MINIMAX"),
    ("ai21", "AI21"),
    ("sambanova", "SAMBANOVA"),
    ("deepinfra", "DEEP_?INFRA"),
    ("novita", "NOVITA"),
    ("siliconflow", "SILICON_?FLOW"),
    ("nebius", "NEBIUS"),
    ("hyperbolic", "HYPERBOLIC"),
    ("anyscale", "ANYSCALE"),
    ("upstage", "UPSTAGE"),
    ("huggingface", "HUGGING_?FACE(?:_?HUB)?|HF"),
    ("bedrock", "BEDROCK"),
    ("copilot-provider", "COPILOT_PROVIDER"),
    ("llm", "LLM"),
)
_EXACT = {
    "GOOGLE_API_KEY": "google-gemini",
    "AZURE_API_KEY": "azure-openai",
    "CO_API_KEY": "cohere",
    "AI_API_KEY": "llm",
    "AWS_BEARER_TOKEN_BEDROCK": "bedrock",
    "COPILOT_PROVIDER_API_KEY": "copilot-provider",
    "COPILOT_PROVIDER_BEARER_TOKEN": "copilot-provider",
    "OPENAI_KEY": "openai",
    "WRITER_API_KEY": "writer",
    "JINA_API_KEY": "jina",
    "REKA_API_KEY": "reka",
    "STEPFUN_API_KEY": "stepfun",
    "BAICHUAN_API_KEY": "baichuan",
    "ARK_API_KEY": "volcengine",
    "LAMBDA_API_KEY": "lambda",
}
_LOGIN = re.compile(
    r"(?:^|_)(?:CODEX|CHATGPT)_(?:\w+_)?(?:AUTH|LOGIN)(?:_JSON)?(?:_(?:JSON|B64|BASE64|CONTENTS?|FILE))?$"
)
"""The file that `codex login` leaves, as a secret."""

_BARE = frozenset(
    {"anthropic", "openai", "google-gemini", "mistral", "cohere", "groq", "deepseek", "openrouter"}
)
PROXIES = frozenset({"litellm", "portkey"})
"""Their keys are the proxy's own, not a provider's."""

_WHOSE = tuple(
    (name, re.compile(rf"(?:^|_)(?:{words})(?=_|$|API|KEY)")) for name, words in _PROVIDERS
)
_ANY = re.compile("|".join(f"(?:{words})" for _, words in _PROVIDERS))
_KEY = re.compile(
    r"(?:^|_)(?:(?:\w*API)?KEYS?|APIKEY|TOKEN|SECRET|CREDENTIALS?|OAUTH)\d*(?=_|$)|APIKEY|API_?KEY"
)
_OTHER = re.compile(
    r"(?:^|_)(?:URL|BASE|BASEURL|ENDPOINT|HOST|MODELS?|ORG|ORGANIZATION|WEBHOOK|PUBLIC|MAX|LIMIT|COUNT|VERSION|REGION|SSH"
    r"|DEPLOY|DEPLOYMENT|SIGNING|SLACK|GITHUB|GH|GHCR|GITLAB|APP|PRIVATE|NPM|PYPI|DOCKER|TOKENGATE|TRIGGER|DISPATCH|CACHE"
    r"|SENTRY|CODECOV|SONAR|TEST_RESULTS|WORKFLOW|LANGFUSE|LANGSMITH|ENABLED|HAS|USE|NAME|SERVICE_ACCOUNT_EMAIL"
    r"|NGC|DISCORD|TELEGRAM|PAT|ENCRYPTION|SALT|KEY_VAULT|KEYVAULT|KEY_ID|KEY_NAME|TOKENS|SEARCH|DB|DATABASE|BOT)(?=_|$)"
)
_BUNDLED = re.compile(r"^(?:NEXT|VITE|EXPO|NUXT|GATSBY|REACT_APP)_PUBLIC_")
"""What a web build puts into the page for everybody is a key all the same."""

_SCOPE = re.compile(
    rf"^(?:(?:ORG|ORGANIZATION|APP|BOT|CI|GH|GITHUB|GITLAB|SLACK|DISCORD|TELEGRAM|DEPLOY|DEPLOYMENT|WORKFLOW|SEARCH|CACHE|DOCKER)_)+"
    rf"(?=(?:{_ANY.pattern})_?API_?KEYS?\d*$)|^(?:ORG|ORGANIZATION)_(?=(?:{_ANY.pattern})_?(?:KEY|TOKEN|SECRET)\d*$)"
)
"""Whose or what for a provider's key is: `ORG_ANTHROPIC_API_KEY`, `SLACK_BOT_OPENAI_API_KEY`. Behind the provider's name they mean another thing."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BASE = re.compile(
    r"(?:^|_)(?:BASE_?URL|API_?BASE|BASE_?PATH|API_?URL|API_?ENDPOINT|ENDPOINT|API_?HOST|HOST|URL|PROXY_URL|API_?BASE_?URL)$"
)


def normal(name: str) -> str:
    """A name in upper case with one underscore between its words."""
    return re.sub(r"[^A-Z0-9]+", "_", _CAMEL.sub("_", name).upper()).strip("_")


@lru_cache(maxsize=4096)
def key_of(name: str) -> str:
    """The provider whose key a variable, an input or a secret of this name holds; "" if it holds none."""
    upper = _SCOPE.sub("", _BUNDLED.sub("", normal(name)))
    if upper in _EXACT:
        return _EXACT[upper]
    if _LOGIN.search(upper):
        return "openai"
    if not _ANY.search(upper) or _OTHER.search(upper):
        return ""
    whose = provider_in(upper)
    if not whose:
        return ""
    return whose if _KEY.search(upper) else ""


def secret_of(name: str) -> str:
    """As `key_of`, for a repository's secret: one that is just called `OPENAI` is a key as well."""
    upper = normal(name)
    bare = any(re.fullmatch(words, upper) for provider, words in _PROVIDERS if provider in _BARE)
    return key_of(name) or (provider_in(upper) if bare else "")


def provider_in(name: str) -> str:
    """The provider that a name speaks of; "" if none."""
    return next((provider for provider, words in _WHOSE if words.search(name)), "")


@lru_cache(maxsize=4096)
def base_of(name: str) -> str:
    """The provider whose base URL a variable or input of this name holds: "" if none, "*" if it does not say whose."""
    upper = normal(name)
    if not _BASE.search(upper) and upper != "RESPONSES_API_ENDPOINT":
        return ""
    if upper == "RESPONSES_API_ENDPOINT":
        return "openai"
    whose = provider_in(upper)
    if whose in (*PROXIES, "llm", ""):
        generic = whose or re.search(r"BASE|ENDPOINT|API|PROXY|GATEWAY", upper)
        return "*" if generic else ""
    return whose


def is_generic_key(name: str) -> bool:
    """An input of an agent's action that takes a key without saying whose."""
    return normal(name) in ("API_KEY", "APIKEY", "KEY", "MODEL_API_KEY", "AI_API_KEY", "PROVIDER_API_KEY", "API_TOKEN",
                            "API_KEY_ENV_VALUE", "AUTH_TOKEN", "LLM_API_KEY", "OAUTH_TOKEN")  # fmt: skip
