"""An OpenRouter in one process, for the tests: management of keys, activity and a gateway, with the shapes of its
OpenAPI description. No OpenRouter was called: docs/openrouter.md says what was assumed.

    with running_openrouter() as sandbox:
        sandbox.url, sandbox.minter_key
"""

from ci_tokengate.sandbox.openrouter.serve import OpenRouterSandbox, running_openrouter

__all__ = ["OpenRouterSandbox", "running_openrouter"]
