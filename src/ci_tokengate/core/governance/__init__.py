"""Budgets from the first observation to the exception: what they should be, and what the proxy is told."""
