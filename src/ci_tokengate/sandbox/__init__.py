"""A LiteLLM-compatible proxy in one process, for the demo and the tests: the management API, prices, budgets and
late spend as LiteLLM 1.106.2 has them, with answers that cost no tokens. The contract suite (tests/contract) holds
it to the real proxy, answer by answer. Needs the extra `sandbox`.

    with running_sandbox() as sandbox:
        sandbox.url, sandbox.admin_key, sandbox.minter_key

The way of a request: app → auth → (teams | keys | spend | llm) → state.
"""
