"""The providers' keys, as data: one entry a kind of key."""

from __future__ import annotations

from ci_tokengate.scan.keys.form import Form
from ci_tokengate.scan.keys.table import (
    anthropic,
    clouds,
    google,
    hubs,
    labs,
    openai,
    proxies,
    tools,
)

FORMS: tuple[Form, ...] = (
    *anthropic.FORMS,
    *openai.FORMS,
    *google.FORMS,
    *clouds.FORMS,
    *labs.FORMS,
    *hubs.FORMS,
    *tools.FORMS,
    *proxies.FORMS,
)
