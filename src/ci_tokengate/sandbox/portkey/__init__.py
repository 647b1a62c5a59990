"""A Portkey in one process, for the demo and the tests: keys, analytics and a gateway with the shapes of its OpenAPI
description. No Portkey was run: where the description is silent, docs/portkey.md says what was assumed.

    with running_portkey() as sandbox:
        sandbox.url, sandbox.minter_key

The way of a request: app → auth → (keys | workspaces | analytics | gateway) → state.
"""

from ci_tokengate.sandbox.portkey.serve import PortkeySandbox, running_portkey

__all__ = ["PortkeySandbox", "running_portkey"]
