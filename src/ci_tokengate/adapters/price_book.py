"""What a model costs by its provider's list: a second opinion where the proxy has no price.

Source: https://github.com/pydantic/genai-prices, whose data travel with the package; nothing is
fetched.
"""

from __future__ import annotations

from decimal import Decimal

from ci_tokengate.core.cost import Unpriced


def list_price(calls: Unpriced) -> Decimal | None:
    """USD for these calls, or None where the book does not know the model.

    The proxy names a model `anthropic/claude-…`: provider, then the provider's own name.
    """
    from genai_prices import Usage, calc_price  # 0.2 s, and needed only where a price is missing

    provider, _, name = calls.provider_model.rpartition("/")
    usage = Usage(
        input_tokens=calls.input_tokens,
        output_tokens=calls.output_tokens,
        cache_read_tokens=calls.cache_read_tokens,
        cache_write_tokens=calls.cache_write_tokens,
    )
    for provider_id in (provider.rpartition("/")[2] or None, None):
        try:
            price = calc_price(usage, model_ref=name, provider_id=provider_id)
        except (LookupError, ValueError):
            continue
        return Decimal(price.total_price)
    return None
