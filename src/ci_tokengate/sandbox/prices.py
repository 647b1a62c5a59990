"""What the models cost: name at the proxy → the provider's model and its prices in USD a token.

Source: the price map of LiteLLM 1.106.2 (model_prices_and_context_window_backup.json in the package), read 2026-11-23.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Tokens of one call. `prompt` is what the proxy's records call it: cache reads and writes are part of it."""

    prompt: int
    output: int
    cache_read: int = 0
    cache_write: int = 0

    @property
    def uncached(self) -> int:
        return self.prompt - self.cache_read - self.cache_write


@dataclass(frozen=True, kw_only=True)
class Model:
    """Prices are USD a token. `mock`: answers are made up, as in the real proxy, and on one route have no price."""

    provider: str
    model: str
    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal = Decimal(0)
    max_input: int
    max_output: int
    mode: str = "chat"
    mock: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.provider}/{self.model}"

    def cost(self, usage: Usage) -> Decimal:
        """Reckoned in binary, as the proxy does: 100 tokens in and 20 out of Sonnet are 0.0006000000000000001."""
        prompt = (
            float(usage.uncached) * float(self.input)
            + float(usage.cache_read) * float(self.cache_read)
            + float(usage.cache_write) * float(self.cache_write)
        )
        return Decimal(repr(prompt + float(usage.output) * float(self.output)))


def _claude(model: str, *per_million: str, mock: bool = False) -> Model:
    cost_in, cost_out, read, write = (Decimal(price) / 1_000_000 for price in per_million)
    return Model(
        provider="anthropic",
        model=model,
        input=cost_in,
        output=cost_out,
        cache_read=read,
        cache_write=write,
        max_input=200_000,
        max_output=64_000,
        mock=mock,
    )


MODELS: dict[str, Model] = {
    "claude-sonnet": _claude("claude-sonnet-4-5-20250929", "3", "15", "0.30", "3.75"),
    "claude-haiku": _claude("claude-haiku-4-5-20251001", "1", "5", "0.10", "1.25"),
    "claude-opus": _claude("claude-opus-4-5-20251101", "5", "25", "0.50", "6.25"),
    "gpt-mini": Model(
        provider="openai",
        model="gpt-4o-mini",
        input=Decimal("1.5e-7"),
        output=Decimal("6e-7"),
        cache_read=Decimal("7.5e-8"),
        max_input=128_000,
        max_output=16_384,
    ),
    "gpt-codex": Model(
        provider="openai",
        model="gpt-5-codex",
        input=Decimal("1.25e-6"),
        output=Decimal("1e-5"),
        cache_read=Decimal("1.25e-7"),
        max_input=272_000,
        max_output=128_000,
        mode="responses",
    ),
    "gemini-flash": Model(
        provider="gemini",
        model="gemini-2.5-flash",
        input=Decimal("3e-7"),
        output=Decimal("2.5e-6"),
        cache_read=Decimal("3e-8"),
        max_input=1_048_576,
        max_output=65_536,
    ),
    "mock-sonnet": _claude("claude-sonnet-4-5-20250929", "3", "15", "0.30", "3.75", mock=True),
}
