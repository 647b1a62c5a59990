"""The contract: what the product relies on in a LiteLLM proxy. One suite, two targets: the embedded sandbox
(`make test`) and a real proxy (`make test-live`). Where they differ the real one is right.

TOKENGATE_LITELLM_URL, TOKENGATE_LITELLM_ADMIN_KEY   the real proxy; required by `-m live`
TOKENGATE_LITELLM_HARDENED_URL                       one with the ceilings an operator should set (test_ceilings); same admin key
TOKENGATE_LITELLM_DOWN_URL                           one whose database is stopped (test_outage); same admin key

The models are those of the sandbox, answered by an upstream that understands `in= out= cr= cw= sleep= status=`.
"""
