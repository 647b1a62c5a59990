"""What people call the teams of a proxy, each by a name of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ci_tokengate.core.governance.team import TeamRecord


def names_of(records: Iterable[TeamRecord], named: Mapping[str, str]) -> dict[str, str]:
    """By id: the policy's name (`named`, by id), else the alias, else the id.

    Aliases are not unique: one that is taken stands with its id, as in `search (team-7)`.
    """
    plain = {r.id: named.get(r.id) or r.alias or r.id for r in records}
    taken = Counter(plain.values())
    return {
        i: name if i in named or name == i or taken[name] == 1 else f"{name} ({i})"
        for i, name in plain.items()
    }
