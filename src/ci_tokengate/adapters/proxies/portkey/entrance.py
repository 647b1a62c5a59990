"""How tools get into Portkey: the key in its own header, and whom it calls where a model does not say.

Source: https://portkey.ai/docs/api-reference/inference-api/headers
"""

from __future__ import annotations

import json

from ci_tokengate.adapters.proxies.portkey import labels
from ci_tokengate.adapters.proxies.portkey.calls import KEY_HEADER
from ci_tokengate.core.keys import JobKey
from ci_tokengate.core.site import Entrance, Site


def entrance(site: Site, job: JobKey | None) -> Entrance:
    """The key's own metadata are on every call and win over the header's, which a gateway before 1.10.20 needs.

    `x-portkey-config` is not sent: a config is pinned on the key, and may not be overridden.
    """
    headers = {"x-portkey-provider": site.provider} if site.provider else {}
    if job is not None:
        headers["x-portkey-metadata"] = json.dumps(labels.of_calls(job.alias, job.cap))
    return Entrance(root=site.url, headers=headers, key_header=KEY_HEADER)
