"""Small words around figures."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """`1 job`, `1,204 jobs`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
