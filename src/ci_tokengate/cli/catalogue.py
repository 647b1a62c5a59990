"""The models that `init` may choose from: as they were told, or as the proxy has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.advice.served import ServedModel, is_served
from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.setup import Setup
from ci_tokengate.core.site import Site
from ci_tokengate.core.starter import by_tier
from ci_tokengate.errors import UsageError
from ci_tokengate.wiring import proxies
from ci_tokengate.wiring.models import open_models


class Catalogue:
    """What the proxy serves, where there is a key to ask with. Each call may raise as Models does."""

    def __init__(self, kind: str, reading_key: str) -> None:
        self._kind, self._key = kind, reading_key
        self._served: Sequence[ServedModel] = ()

    def names(self, url: str) -> list[str]:
        """Those that write, and are no pattern."""
        return [m.name for m in self._ask(url) if m.writes and "*" not in m.name]

    @property
    def prices(self) -> dict[str, Decimal]:
        return {m.name: m.prices.input + m.prices.output for m in self._served if m.prices}

    def check(self, setup: Setup) -> None:
        """Raises UsageError for a model that the proxy does not have."""
        served = [m.name for m in self._ask(setup.proxy_url)]
        models = [m for tier in ModelTier for m in setup.models[tier]]
        missing = [m for m in models if served and not is_served(m, served)]
        if missing:
            raise UsageError(
                f"The proxy serves no {', '.join(missing)}.",
                hint=f"There are: {', '.join(served)}.",
            )

    def _ask(self, url: str) -> Sequence[ServedModel]:
        if self._key and not self._served:
            site = Site(kind=proxies.proxy_kind(self._kind, None), url=url)
            models = open_models(site, self._key, Deadline(30))
            self._served = models.models() if models else ()
        return self._served


def models_by_tier(text: str, prices: Mapping[str, Decimal]) -> dict[ModelTier, list[str]]:
    """`a, fast=b`: b is a fast one whatever its name says. Raises UsageError."""
    told, plain = _models(text)
    found = by_tier([m for m in plain if m not in told], prices)
    for model, tier in told.items():
        found[tier].append(model)
    return found


def _models(text: str) -> tuple[dict[str, ModelTier], list[str]]:
    told: dict[str, ModelTier] = {}
    plain = []
    for part in text.replace(",", " ").split():
        tier, equals, model = part.partition("=")
        if not equals:
            plain.append(part)
        elif tier not in [t.value for t in ModelTier] or not model:
            raise UsageError(
                f"--model has {part[:40]!r}.",
                hint="Before = stands fast, middle or strong, and behind it a model's name.",
            )
        else:
            told[model] = ModelTier(tier)
    if not (told or plain):
        raise UsageError("--model names no model.", hint="Give names at the proxy: --model a,b")
    return told, plain
