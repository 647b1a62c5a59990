"""SDKs in code, by constructor: Python, TypeScript and JavaScript, Go, Java, Ruby.

A constructor counts only in a file that names its package, so that a class of the same name is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ci_tokengate.scan.flows.hosts import endpoints
from ci_tokengate.scan.flows.leads import Lead, leads
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.inventory.model import Call, Verdict

_WINDOW = 800
"""Characters after a constructor in which its arguments are looked for."""

_BASE = re.compile(
    r"(?:base_?url|baseURL|api_?base|openai_api_base|anthropic_api_url|endpoint|uri_base|WithBaseURL|BaseURL|baseUrl)\s*[:=(]+\s*(?P<value>[^,)\n]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Sdk:
    """cloud: whether it can only reach a cloud's own models."""

    name: str
    endings: tuple[str, ...]
    package: re.Pattern[str]
    constructor: re.Pattern[str]
    cloud: bool = False


_PY, _JS = (".py", ".ipynb"), (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
SDKS = (
    Sdk(name="openai", endings=_PY, package=re.compile(r"^\s*(?:from openai|import openai)", re.M), constructor=re.compile(r"\b(?:openai\.)?(?:Async)?OpenAI\(")),
    Sdk(name="anthropic", endings=_PY, package=re.compile(r"^\s*(?:from anthropic|import anthropic)", re.M), constructor=re.compile(r"\b(?:anthropic\.)?(?:Async)?Anthropic\(")),
    Sdk(name="Azure OpenAI", endings=_PY, package=re.compile(r"^\s*(?:from openai|import openai)", re.M), constructor=re.compile(r"\b(?:Async)?AzureOpenAI\("), cloud=True),
    Sdk(name="Anthropic on a cloud", endings=_PY, package=re.compile(r"^\s*(?:from anthropic|import anthropic)", re.M), constructor=re.compile(r"\b(?:Async)?Anthropic(?:Bedrock|Vertex|Foundry)\("), cloud=True),
    Sdk(name="google-genai", endings=_PY, package=re.compile(r"^\s*(?:from google import genai|import google\.genai|from google\.genai)", re.M), constructor=re.compile(r"\bgenai\.Client\(")),
    Sdk(name="langchain", endings=_PY, package=re.compile(r"^\s*from langchain", re.M), constructor=re.compile(r"\bChat(?:OpenAI|Anthropic|GoogleGenerativeAI|MistralAI|Groq)\(")),
    Sdk(name="litellm", endings=_PY, package=re.compile(r"^\s*(?:from litellm|import litellm)", re.M), constructor=re.compile(r"\b(?:litellm\.)?a?completion\(")),
    Sdk(name="Bedrock by boto3", endings=_PY, package=re.compile(r"boto3"), constructor=re.compile(r"\.client\(\s*(?:service_name\s*=\s*)?[\"']bedrock-(?:agent-)?runtime"), cloud=True),
    Sdk(name="openai", endings=_JS, package=re.compile(r"[\"']openai[\"']"), constructor=re.compile(r"\bnew OpenAI\(")),
    Sdk(name="anthropic", endings=_JS, package=re.compile(r"[\"']@anthropic-ai/sdk[\"']"), constructor=re.compile(r"\bnew Anthropic\(")),
    Sdk(name="google-genai", endings=_JS, package=re.compile(r"[\"']@google/gen(?:ai|erative-ai)[\"']"), constructor=re.compile(r"\bnew Google(?:GenAI|GenerativeAI)\(")),
    Sdk(name="ai-sdk", endings=_JS, package=re.compile(r"[\"']@ai-sdk/"), constructor=re.compile(r"\bcreate(?:OpenAI|Anthropic|GoogleGenerativeAI|Mistral|Groq|OpenAICompatible)\(")),
    Sdk(name="langchain", endings=_JS, package=re.compile(r"[\"']@langchain/"), constructor=re.compile(r"\bnew Chat(?:OpenAI|Anthropic|GoogleGenerativeAI)\(")),
    Sdk(name="Bedrock", endings=_JS, package=re.compile(r"@aws-sdk/client-bedrock"), constructor=re.compile(r"\bnew BedrockRuntime(?:Client)?\("), cloud=True),
    Sdk(name="openai", endings=(".go",), package=re.compile(r"openai-go|go-openai"), constructor=re.compile(r"\bopenai\.New(?:Client|ClientWithConfig)\(")),
    Sdk(name="anthropic", endings=(".go",), package=re.compile(r"anthropic-sdk-go"), constructor=re.compile(r"\banthropic\.NewClient\(")),
    Sdk(name="google-genai", endings=(".go",), package=re.compile(r"google\.golang\.org/genai|generative-ai-go"), constructor=re.compile(r"\bgenai\.NewClient\(")),
    Sdk(name="openai", endings=(".java", ".kt"), package=re.compile(r"com\.openai\."), constructor=re.compile(r"\bOpenAIOkHttpClient(?:Async)?\.(?:builder|fromEnv)\(")),
    Sdk(name="anthropic", endings=(".java", ".kt"), package=re.compile(r"com\.anthropic\."), constructor=re.compile(r"\bAnthropicOkHttpClient(?:Async)?\.(?:builder|fromEnv)\(")),
    Sdk(name="langchain4j", endings=(".java", ".kt"), package=re.compile(r"dev\.langchain4j"), constructor=re.compile(r"\b(?:OpenAi|Anthropic|GoogleAiGemini)(?:Streaming)?ChatModel\.builder\(")),
    Sdk(name="openai", endings=(".rb",), package=re.compile(r"require [\"'](?:ruby/)?openai"), constructor=re.compile(r"\bOpenAI::Client\.new")),
    Sdk(name="anthropic", endings=(".rb",), package=re.compile(r"require [\"']anthropic"), constructor=re.compile(r"\bAnthropic::Client\.new")),
)  # fmt: skip
WORDS = (
    b"openai",
    b"anthropic",
    b"genai",
    b"langchain",
    b"litellm",
    b"bedrock",
    b"generative-ai",
    b"ai-sdk",
)
"""One of these is in every file that has such an SDK."""


def in_code(repo: Repository, file: File) -> Iterator[Call]:
    """Each constructor, judged by the base URL among its arguments."""
    for sdk in SDKS:
        if not file.path.endswith(sdk.endings) or not sdk.package.search(file.text):
            continue
        for match in sdk.constructor.finditer(file.text):
            line = file.text.count("\n", 0, match.start()) + 1
            if file.line(line).lstrip().startswith(("#", "//", "*")):
                continue
            verdict, why = _judged(repo, sdk, _arguments(file.text, match.end()))
            yield Call(
                path=file.path, line=line, what=sdk.name, where="code", verdict=verdict, why=why
            )


def _arguments(text: str, at: int) -> str:
    """What stands up to the closing bracket, or the end of the window."""
    depth, end = 1, at
    for end in range(at, min(at + _WINDOW, len(text))):
        depth += text[end] in "([{"
        depth -= text[end] in ")]}"
        if (
            text[end] in ")]}"
            and depth == 0
            and text[end + 1 : end + 2] != "."
            and text[end + 1 : end + 2] != "\n"
        ):
            break
    return text[at : end + 1]


def _judged(repo: Repository, sdk: Sdk, arguments: str) -> tuple[Verdict, str]:
    if sdk.cloud:
        return Verdict.DIRECT, "it reaches the cloud's own endpoint"
    hit = next(endpoints(arguments, repo.allowed), None)
    if hit:
        return Verdict.DIRECT, f"its base URL is {hit.host}"
    base = _BASE.search(arguments)
    if base is None:
        return Verdict.UNKNOWN, "the environment says where it calls"
    value = base["value"].strip().strip("\"'`")
    if not value.startswith("http"):
        return Verdict.UNKNOWN, f"its base URL is {value[:60]}"
    lead, host = leads((value,), repo)
    known = bool(repo.hosts) or not host
    if lead is Lead.PROXY and known:
        return Verdict.PROXIED, f"its base URL is {host}"
    if lead is Lead.OTHER:
        return Verdict.DIRECT, f"its base URL is {host}, which is not the proxy"
    return Verdict.UNKNOWN, f"its base URL is {host}; no policy says whether that is the proxy"
