"""The proxy's models, and with whose key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm.models import LiteLLMModels
from ci_tokengate.ports.models import Models
from ci_tokengate.wiring.proxies import one_line_secret

_MODELS: Mapping[str, Callable[[str, str, str, Deadline], Models]] = {
    "litellm": lambda url, key, who, deadline: LiteLLMModels(url, key, who=who, deadline=deadline),
}


def open_models(kind: str, url: str, reading_key: str, deadline: Deadline) -> Models:
    secret = one_line_secret(reading_key, "TOKENGATE_READING_KEY")
    return _MODELS[kind](url, secret, "reading key", deadline)
