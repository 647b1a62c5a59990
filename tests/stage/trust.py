"""For the tests' own calls: httpx reads the CA bundle for each client anew, which takes twenty milliseconds."""

from __future__ import annotations

import httpx

TRUST = httpx.create_ssl_context()
