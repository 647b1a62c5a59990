"""ci-tokengate: short-lived, capped, proxy-scoped LLM keys for CI jobs, behind a budget gate."""

__version__ = "0.1.0"
