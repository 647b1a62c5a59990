"""Pull requests: whose they are, which of them count, and which were undone.

A pull request is the team's that paid most for it. Where none paid, it is the team's whose
repositories the policy says; else the team's that pays most in that repository.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, tzinfo
from decimal import Decimal
from fnmatch import fnmatchcase

from ci_tokengate.core.ledger.records import Merge, Payer, PullRecord
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.showback.period import local_day

Name = tuple[str, int]


def name_of(repository: str, number: int) -> Name:
    """GitHub takes a repository's name in any case of letters."""
    return repository.lower(), number


class Merges:
    """All merged ones that are known of."""

    def __init__(
        self,
        merges: Iterable[Merge],
        payers: Iterable[Payer],
        policy: Policy | None,
        zone: tzinfo,
    ) -> None:
        self._zone = zone
        self._homes = Homes(payers, policy)
        self._by_name: dict[Name, Merge] = {}
        self._reverts: dict[Name, list[Name]] = defaultdict(list)
        lower: dict[str, str] = {}
        for merge in merges:
            repository = lower.get(merge.repository)
            if repository is None:
                repository = lower[merge.repository] = merge.repository.lower()
            name = repository, merge.number
            self._by_name[name] = merge
            if merge.reverts is not None:
                self._reverts[repository, merge.reverts].append(name)

    def told(self) -> Iterable[tuple[Name, date, str]]:
        """Each: its name, the local day of the merge, and the id of its team, empty where it has none."""
        zone, home = self._zone, self._homes.of
        for name, merge in self._by_name.items():
            team = home(name[0]) if merge.paid_by is None else merge.paid_by
            yield name, local_day(merge.merged_at, zone), team

    def paid_for(self, name: Name) -> bool:
        """Does it have spend of its own?"""
        return self._by_name[name].paid_by is not None

    def stands(self, name: Name) -> bool:
        """One that no later one undid, and that undoes none itself."""
        return self._by_name[name].reverts is None and not self._undone(name, frozenset())

    def _undone(self, name: Name, above: frozenset[Name]) -> bool:
        """By a revert that was not undone in its turn. Reverts in a ring undo nothing."""
        reverts = self._reverts.get(name)
        if not reverts:
            return False
        deeper = above | {name}
        return any(by not in deeper and not self._undone(by, deeper) for by in reverts)


class Homes:
    """The team that a repository is of."""

    def __init__(self, payers: Iterable[Payer], policy: Policy | None) -> None:
        self._declared = [
            (glob.lower(), team.id)
            for team in (policy.teams.values() if policy else ())
            for glob in team.repositories
        ]
        spent: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for payer in payers:
            spent[payer.repository.lower()][payer.team_id] += payer.cost
        self._paying = {
            repository: min(teams, key=lambda team_id: (-teams[team_id], team_id))
            for repository, teams in spent.items()
        }
        self._known: dict[str, str] = {}

    def of(self, repository: str) -> str:
        """`repository` in lower case. Empty where nothing tells."""
        if repository not in self._known:
            fits = (team_id for glob, team_id in self._declared if fnmatchcase(repository, glob))
            self._known[repository] = next(fits, self._paying.get(repository, ""))
        return self._known[repository]


class Pulls:
    """Those of the month, as the code host has them."""

    def __init__(self, records: Iterable[PullRecord]) -> None:
        self.by_name = {name_of(r.repository, r.number): r for r in records}

    def abandoned(self, name: Name) -> bool:
        record = self.by_name.get(name)
        return record is not None and record.merged_at is None and record.closed_at is not None
