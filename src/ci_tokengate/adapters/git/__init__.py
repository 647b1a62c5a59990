"""Git, seen by its own commands."""
