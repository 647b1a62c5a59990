"""Every place where a repository calls a model, and whether it goes through the proxy."""

from ci_tokengate.scan.inventory.collect import inventory, matters
from ci_tokengate.scan.inventory.model import Call, Inventory, Verdict

__all__ = ["Call", "Inventory", "Verdict", "inventory", "matters"]
