"""All rules, in the order of their ids."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from ci_tokengate.scan import rules
from ci_tokengate.scan.rule import Rule


def all_rules() -> Mapping[str, Rule]:
    """Each file in `rules` ends in a RULE."""
    names = sorted(module.name for module in iter_modules(rules.__path__))
    found: list[Rule] = [import_module(f"{rules.__name__}.{name}").RULE for name in names]
    return {rule.id: rule for rule in found}
