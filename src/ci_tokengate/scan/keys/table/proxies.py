"""Keys of the proxies themselves (TG002)."""

from __future__ import annotations

from ci_tokengate.scan.keys.form import Form

_VIRTUAL = "https://github.com/BerriAI/litellm/blob/main/litellm/proxy/management_endpoints/key_management_endpoints.py"
_SERVED = rb"/key/(?:generate|update|delete|info|block)|(?:localhost|0\.0\.0\.0|127\.0\.0\.1):4000"
"""Its own routes, and where it listens unless told otherwise."""
_NAME = rb"lite_?-?llm(?!_params)"
"""In litellm_params stand the keys of the models' providers."""

FORMS = (
    Form(
        provider="litellm",
        what="a LiteLLM key",
        literal=b"sk-",
        run=10,
        pattern=rb"sk-(?P<body>[A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])",
        names=_NAME
        + rb"|tokengate|ai[_-]?proxy|llm[_-]?proxy|proxy[_-]?(?:api[_-]?|master[_-]?|admin[_-]?)?key|"
        + _SERVED,
        link=_VIRTUAL,
        rule="TG002",
    ),
    Form(
        provider="litellm",
        what="a LiteLLM master key",
        literal=b"sk-",
        run=10,
        # As long as one likes: what is cut short looks the same but for the marks after it.
        pattern=rb"sk-(?P<body>[A-Za-z0-9_-]{20,64})(?![A-Za-z0-9_-]|\.\.|\xe2\x80[\xa2\xa6]|\*\*\*|[<\[][Rr])",
        names=_NAME
        + rb"(?:[_.-]?master\b)?|(?:proxy|general)[_-]?(?:settings|master[_-]?key)|master[_-]?key|"
        + _SERVED,
        link="https://docs.litellm.ai/docs/proxy/virtual_keys",
        rule="TG002",
    ),
    Form(
        provider="portkey",
        what="a Portkey key",
        pattern=rb"(?P<body>[A-Za-z0-9/+]{27}=)(?![A-Za-z0-9/+=_-])",
        names=rb"portkey",
        raw=True,
        link="https://portkey.ai/docs/product/enterprise-offering/org-management/api-keys-authn-and-authz",
        rule="TG002",
    ),
)
