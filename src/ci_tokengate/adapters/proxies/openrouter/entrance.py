"""How tools get into OpenRouter: both dialects are below /api.

Source: https://openrouter.ai/docs/api/reference/overview
"""

from __future__ import annotations

from ci_tokengate.core.site import Entrance, Site


def entrance(site: Site) -> Entrance:
    return Entrance(root=f"{site.url}/api")
