"""GitHub workflows: their expressions, scopes, conditions and steps."""
