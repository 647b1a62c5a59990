"""A report as text, JSON, SARIF and annotations."""
