"""Providers' keys: what they look like, and where they stand in a text."""
