"""What LiteLLM can do: all that the product asks of a proxy. Observed on 1.106.2."""

from __future__ import annotations

from ci_tokengate.core.capabilities import Capabilities

CAPABILITIES = Capabilities(product="LiteLLM")
