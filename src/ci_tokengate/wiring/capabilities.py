"""What each kind of proxy can do, by the policy's name for it."""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.adapters.proxies.litellm.capabilities import CAPABILITIES as LITELLM
from ci_tokengate.adapters.proxies.openrouter.capabilities import CAPABILITIES as OPENROUTER
from ci_tokengate.adapters.proxies.portkey.capabilities import CAPABILITIES as PORTKEY
from ci_tokengate.core.capabilities import Capabilities

CAPABILITIES: Mapping[str, Capabilities] = {
    "litellm": LITELLM,
    "portkey": PORTKEY,
    "openrouter": OPENROUTER,
}
