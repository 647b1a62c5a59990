"""The proxy's models, and with whose key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm.models import LiteLLMModels
from ci_tokengate.core.site import Site
from ci_tokengate.ports.models import Models
from ci_tokengate.wiring.proxies import one_line_secret

_MODELS: Mapping[str, Callable[[Site, str, str, Deadline], Models]] = {
    "litellm": lambda site, key, who, deadline: LiteLLMModels(
        site.url, key, who=who, deadline=deadline
    ),
}


def open_models(site: Site, reading_key: str, deadline: Deadline) -> Models | None:
    """None where this kind of proxy does not tell its models with their prices."""
    if site.kind not in _MODELS:
        return None
    secret = one_line_secret(reading_key, "TOKENGATE_READING_KEY")
    return _MODELS[site.kind](site, secret, "reading key", deadline)
