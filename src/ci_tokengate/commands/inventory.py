"""`inventory`: a repository's files in, every place that calls a model out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ci_tokengate.scan.inventory import Inventory, inventory, matters
from ci_tokengate.scan.scope import Scope
from ci_tokengate.scan.text import LeftOut, Text


def take_stock(
    texts: Iterable[Text | LeftOut], scope: Scope, *, read: Callable[[str], bytes | None]
) -> Inventory:
    """What the policy excludes is left out; `read` gives files that are called, such as a composite action."""
    files = {
        text.path: text.data
        for text in texts
        if isinstance(text, Text)
        and not scope.leaves_out(text.path)
        and matters(text.path, text.data)
    }
    return inventory(files, read=read, options=scope.options)
