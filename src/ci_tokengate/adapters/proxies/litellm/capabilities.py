"""What LiteLLM can do: all that the product needs of a proxy. Observed on 1.106.2."""

from __future__ import annotations

from ci_tokengate.core.capabilities import Capabilities

CAPABILITIES = Capabilities(product="LiteLLM", rate_limit=False)
"""rate_limit: a key with `rpm_limit: 2` was seen to make sixteen calls within ten seconds."""
