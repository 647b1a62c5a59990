"""Where providers answer model calls. Documentation, consoles, status pages and downloads are other hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_EXACT = {
    "api.anthropic.com": "anthropic",
    "api.openai.com": "openai",
    "eu.api.openai.com": "openai",
    "us.api.openai.com": "openai",
    "generativelanguage.googleapis.com": "google-gemini",
    "aiplatform.googleapis.com": "google-vertex",
    "models.github.ai": "github-models",
    "models.inference.ai.azure.com": "github-models",
    "api.mistral.ai": "mistral",
    "codestral.mistral.ai": "mistral",
    "api.cohere.ai": "cohere",
    "api.cohere.com": "cohere",
    "api.groq.com": "groq",
    "api.x.ai": "xai",
    "api.deepseek.com": "deepseek",
    "api.perplexity.ai": "perplexity",
    "router.huggingface.co": "huggingface",
    "api-inference.huggingface.co": "huggingface",
    "api.together.xyz": "together",
    "api.together.ai": "together",
    "api.fireworks.ai": "fireworks",
    "api.replicate.com": "replicate",
    "api.cerebras.ai": "cerebras",
    "api.voyageai.com": "voyage",
    "integrate.api.nvidia.com": "nvidia",
    "ai.api.nvidia.com": "nvidia",
    "api.moonshot.cn": "moonshot",
    "api.moonshot.ai": "moonshot",
    "api.elevenlabs.io": "elevenlabs",
    "dashscope.aliyuncs.com": "dashscope",
    "dashscope-intl.aliyuncs.com": "dashscope",
    "open.bigmodel.cn": "zhipu",
    "api.z.ai": "zhipu",
    "api.minimax.chat": "minimax",
    "api.minimax.io": "minimax",
    "api.minimaxi.com": "minimax",
    "api.ai21.com": "ai21",
    "api.sambanova.ai": "sambanova",
    "api.deepinfra.com": "deepinfra",
    "api.novita.ai": "novita",
    "api.siliconflow.cn": "siliconflow",
    "api.siliconflow.com": "siliconflow",
    "api.studio.nebius.ai": "nebius",
    "api.studio.nebius.com": "nebius",
    "api.hyperbolic.xyz": "hyperbolic",
    "api.endpoints.anyscale.com": "anyscale",
    "api.lepton.ai": "lepton",
    "api.baichuan-ai.com": "baichuan",
    "api.stepfun.com": "stepfun",
    "api.inference.net": "inference-net",
    "api.jina.ai": "jina",
    "api.upstage.ai": "upstage",
    "api.reka.ai": "reka",
    "api.writer.com": "writer",
    "inference.do-ai.run": "digitalocean",
    "ark.cn-beijing.volces.com": "volcengine",
}
_PATHS = {
    "openrouter.ai": ("/api", "openrouter"),
    "chatgpt.com": ("/backend-api", "openai"),
    "api.githubcopilot.com": ("/", "github-copilot"),
}
"""Hosts that are also a website: only this path answers model calls."""

_ENDINGS = (
    (".openai.azure.com", "azure-openai"),
    (".openai.azure.us", "azure-openai"),
    (".services.ai.azure.com", "azure-openai"),
    (".cognitiveservices.azure.com", "azure-openai"),
    (".inference.ai.azure.com", "azure-openai"),
    (".models.ai.azure.com", "azure-openai"),
    ("-aiplatform.googleapis.com", "google-vertex"),
    (".api.openai.com", "openai"),
    (".endpoints.huggingface.cloud", "huggingface"),
)
_BEDROCK = re.compile(
    r"bedrock(?:-agent)?-(?:runtime|mantle)(?:-fips)?\.[^.]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$"
)
_LABEL = r"[\w${}\-\U000F0000-\U000FFFFD]+"
"""A part of a host's name; also `${REGION}`, `{region}`, and what stands for an unknown value."""

_HOST = re.compile(
    rf"(?P<scheme>\b(?:https?|wss?)(?:://|%3A%2F%2F|:\\/\\/))?"
    rf"(?<![\w.\-])(?P<host>{_LABEL}(?:\.{_LABEL})+)(?P<port>:\d+)?(?P<path>/[^\s\"'`<>]*)?"
)
_LITERALS = (
    *_EXACT, *_PATHS, *(ending for ending, _ in _ENDINGS), "bedrock-", "bedrock_runtime",
)  # fmt: skip


class Endpoint(NamedTuple):
    """A provider's host in a text: `start` and `end` are of the whole URL in it."""

    provider: str
    host: str
    start: int
    end: int
    is_url: bool


def provider_of(host: str, path: str = "/") -> str:
    """The provider that answers model calls at this host, "" if none does."""
    host = host.lower()
    if host in _EXACT:
        return _EXACT[host]
    if host in _PATHS:
        below, provider = _PATHS[host]
        return provider if path.startswith(below) else ""
    for ending, provider in _ENDINGS:
        if host.endswith(ending):
            return provider
    return "bedrock" if _BEDROCK.match(host) else ""


def mentions_provider(text: str) -> bool:
    """A cheap first look: whether `endpoints` could find anything."""
    return any(literal in text for literal in _LITERALS)


def endpoints(text: str, allowed: frozenset[str] = frozenset()) -> Iterator[Endpoint]:
    """Every provider's host in the text but the allowed ones."""
    low = text.lower()
    if not mentions_provider(low):
        return
    for match in _HOST.finditer(text):
        host = match["host"].lower()
        if host in allowed:
            continue
        provider = provider_of(host, match["path"] or "/")
        if provider:
            yield Endpoint(provider, host, match.start(), match.end(), bool(match["scheme"]))
