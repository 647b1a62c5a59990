"""Keys made from the documented formats with a fixed seed. None of them was ever a key."""

from __future__ import annotations

import base64
import random
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass

ALNUM = string.ascii_letters + string.digits
URL = ALNUM + "-_"
B64 = ALNUM + "+/"
HEX = "0123456789abcdef"
Chance = random.Random


@dataclass(frozen=True)
class Sample:
    """A kind of key: whose it is, the usual variable, and how one is made."""

    kind: str
    provider: str
    variable: str
    make: Callable[[Chance], str]
    rule: str = "TG001"
    named: bool = False
    """Told by a name near it, not by its shape."""


def some(chars: str, n: int, r: Chance) -> str:
    return "".join(r.choice(chars) for _ in range(n))


def _openai(kind: str, n: int, chars: str = URL) -> Callable[[Chance], str]:
    return lambda r: f"sk-{kind}{some(chars, n, r)}T3BlbkFJ{some(chars, n, r)}"


def _after(prefix: str, chars: str, n: int, end: str = "") -> Callable[[Chance], str]:
    return lambda r: prefix + some(chars, n, r) + end


def _azure(r: Chance) -> str:
    middle = f"JQQJ99B{r.choice('ABCDEFGHIJKL')}AC{some(ALNUM, 5, r)}XJ3w3AAA{r.choice('BYL')}ACOG"
    return some(ALNUM, 52, r) + middle + some(ALNUM, 4, r)


def _bedrock(r: Chance) -> str:
    inner = (
        f"BedrockAPIKey-{some(HEX[:10], 4, r)}-at-{some(string.digits, 12, r)}:{some(B64, 44, r)}"
    )
    return "ABSK" + base64.b64encode(inner.encode()).decode()


def _bedrock_short(r: Chance) -> str:
    inner = (
        "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&"
        f"X-Amz-Credential={some(string.ascii_uppercase, 20, r)}%2F20260101%2Fus-east-1&X-Amz-Signature={some(HEX, 64, r)}"
    )
    return "bedrock-api-key-" + base64.b64encode(inner.encode()).decode()


def service_account(r: Chance) -> str:
    """The private key of one, in PEM with line breaks as JSON writes them."""
    body = "\\n".join(some(B64, 64, r) for _ in range(25))
    return f"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC{body}\\n-----END PRIVATE KEY-----\\n"


def _uuid(r: Chance) -> str:
    return str(uuid.UUID(int=r.getrandbits(128), version=4))


SAMPLES = (
    Sample("anthropic", "anthropic", "ANTHROPIC_API_KEY", _after("sk-ant-api03-", URL, 93, "AA")),
    Sample(
        "anthropic-admin",
        "anthropic",
        "ANTHROPIC_ADMIN_KEY",
        _after("sk-ant-admin01-", URL, 93, "AA"),
    ),
    Sample(
        "anthropic-oauth",
        "anthropic",
        "CLAUDE_CODE_OAUTH_TOKEN",
        _after("sk-ant-oat01-", URL, 93, "AA"),
    ),
    Sample("openai-legacy", "openai", "OPENAI_API_KEY", _openai("", 20, ALNUM)),
    Sample("openai-proj", "openai", "OPENAI_API_KEY", _openai("proj-", 74)),
    Sample("openai-proj58", "openai", "OPENAI_API_KEY", _openai("proj-", 58)),
    Sample("openai-svcacct", "openai", "OPENAI_API_KEY", _openai("svcacct-", 74)),
    Sample("openai-admin", "openai", "OPENAI_ADMIN_KEY", _openai("admin-", 58)),
    Sample("azure-openai", "azure-openai", "AZURE_OPENAI_API_KEY", _azure),
    Sample(
        "azure-openai-legacy",
        "azure-openai",
        "AZURE_OPENAI_API_KEY",
        _after("", HEX, 32),
        named=True,
    ),
    Sample(
        "google-gemini",
        "google-gemini",
        "GEMINI_API_KEY",
        lambda r: "AIzaSy" + some(URL, 32, r) + some(ALNUM, 1, r),
    ),
    Sample("google-gemini-aq", "google-gemini", "GEMINI_API_KEY", _after("AQ.Ab8RN6", URL, 44)),
    Sample("bedrock-long", "bedrock", "AWS_BEARER_TOKEN_BEDROCK", _bedrock),
    Sample("bedrock-short", "bedrock", "AWS_BEARER_TOKEN_BEDROCK", _bedrock_short),
    Sample(
        "aws", "aws", "AWS_ACCESS_KEY_ID", _after("AKIA", string.ascii_uppercase + "234567", 16)
    ),
    Sample("mistral", "mistral", "MISTRAL_API_KEY", _after("", ALNUM, 32), named=True),
    Sample("cohere", "cohere", "COHERE_API_KEY", _after("", ALNUM, 40), named=True),
    Sample("groq", "groq", "GROQ_API_KEY", _after("gsk_", ALNUM, 52)),
    Sample("xai", "xai", "XAI_API_KEY", _after("xai-", ALNUM, 80)),
    Sample("deepseek", "deepseek", "DEEPSEEK_API_KEY", _after("sk-", HEX, 32), named=True),
    Sample("openrouter", "openrouter", "OPENROUTER_API_KEY", _after("sk-or-v1-", HEX, 64)),
    Sample("perplexity", "perplexity", "PERPLEXITY_API_KEY", _after("pplx-", ALNUM, 48)),
    Sample("huggingface", "huggingface", "HF_TOKEN", _after("hf_", string.ascii_letters, 34)),
    Sample(
        "huggingface-org", "huggingface", "HF_TOKEN", _after("api_org_", string.ascii_letters, 34)
    ),
    Sample("together", "together", "TOGETHER_API_KEY", _after("tgp_v1_", URL, 43)),
    Sample("together-legacy", "together", "TOGETHER_API_KEY", _after("", HEX, 64), named=True),
    Sample("fireworks", "fireworks", "FIREWORKS_API_KEY", _after("fw_", ALNUM, 24)),
    Sample("replicate", "replicate", "REPLICATE_API_TOKEN", _after("r8_", ALNUM, 37)),
    Sample(
        "cerebras",
        "cerebras",
        "CEREBRAS_API_KEY",
        _after("csk-", string.ascii_lowercase + string.digits, 48),
    ),
    Sample("voyage", "voyage", "VOYAGE_API_KEY", _after("pa-", URL, 43)),
    Sample("nvidia", "nvidia", "NVIDIA_API_KEY", _after("nvapi-", URL, 64)),
    Sample(
        "litellm-virtual", "litellm", "LITELLM_API_KEY", _after("sk-", URL, 22), "TG002", named=True
    ),
    Sample(
        "litellm-master",
        "litellm",
        "LITELLM_MASTER_KEY",
        _after("sk-", ALNUM, 32),
        "TG002",
        named=True,
    ),
    Sample("portkey", "portkey", "PORTKEY_API_KEY", _after("", B64, 27, "="), "TG002", named=True),
    Sample(
        "langsmith",
        "langsmith",
        "LANGSMITH_API_KEY",
        lambda r: f"lsv2_{r.choice(['pt', 'sk'])}_{some(HEX, 32, r)}_{some(HEX, 10, r)}",
    ),
    Sample("langfuse", "langfuse", "LANGFUSE_SECRET_KEY", lambda r: f"sk-lf-{_uuid(r)}"),
    Sample("elevenlabs", "elevenlabs", "ELEVENLABS_API_KEY", _after("sk_", HEX, 48)),
    Sample(
        "elevenlabs-legacy", "elevenlabs", "ELEVENLABS_API_KEY", _after("", HEX, 32), named=True
    ),
    Sample("aws-secret", "aws", "AWS_SECRET_ACCESS_KEY", _after("", B64, 40), named=True),
    Sample("moonshot", "moonshot", "MOONSHOT_API_KEY", _after("sk-", ALNUM, 48), named=True),
)
