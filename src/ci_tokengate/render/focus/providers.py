"""Who stands behind a model: the first part of the provider's name of it, as LiteLLM writes it.

Source: LiteLLM's list of providers, https://docs.litellm.ai/docs/providers.
"""

from __future__ import annotations

from dataclasses import dataclass

UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """`slug` begins a SkuId; `name` is who provides and invoices, `service` what of theirs it is."""

    slug: str
    name: str
    service: str


_KNOWN = {
    slug: Provider(slug=slug, name=name, service=service)
    for slug, name, service in (
        ("anthropic", "Anthropic", "Anthropic API"),
        ("openai", "OpenAI", "OpenAI API"),
        ("azure", "Microsoft", "Azure OpenAI Service"),
        ("azure_ai", "Microsoft", "Azure AI Foundry"),
        ("bedrock", "AWS", "Amazon Bedrock"),
        ("sagemaker", "AWS", "Amazon SageMaker"),
        ("vertex_ai", "Google Cloud", "Vertex AI"),
        ("gemini", "Google", "Gemini API"),
        ("mistral", "Mistral AI", "Mistral API"),
        ("cohere", "Cohere", "Cohere API"),
        ("deepseek", "DeepSeek", "DeepSeek API"),
        ("xai", "xAI", "xAI API"),
        ("groq", "Groq", "GroqCloud"),
        ("openrouter", "OpenRouter", "OpenRouter"),
        ("together_ai", "Together AI", "Together AI"),
        ("fireworks_ai", "Fireworks AI", "Fireworks AI"),
        ("databricks", "Databricks", "Databricks Model Serving"),
        ("watsonx", "IBM", "watsonx.ai"),
    )
}
_BY_FAMILY = {"claude-": "anthropic", "gpt-": "openai", "gemini-": "gemini"}
"""For names without a provider's, as logs also have them."""


def provider_of(provider_model: str, proxy_host: str) -> tuple[Provider, str]:
    """The provider, and its model's name without it.

    Of an unknown model the proxy itself is the provider: it is where it was bought.
    """
    slug, slash, model = provider_model.partition("/")
    if slash and slug and model:
        return _KNOWN.get(slug) or Provider(slug=slug, name=slug, service=slug), model
    family = next((s for start, s in _BY_FAMILY.items() if provider_model.startswith(start)), None)
    if family:
        return _KNOWN[family], provider_model
    return Provider(slug=UNKNOWN, name=proxy_host, service="LLM proxy"), provider_model
