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

from ci_tokengate.core.ledger.records import Payer, PullRecord
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.showback.period import local_day

Name = tuple[str, int]


def name_of(repository: str, number: int) -> Name:
    """GitHub takes a repository's name in any case of letters."""
    return repository.lower(), number


class Pulls:
    def __init__(
        self,
        records: Iterable[PullRecord],
        payers: Iterable[Payer],
        policy: Policy | None,
        zone: tzinfo,
    ) -> None:
        self._zone = zone
        self.by_name = {name_of(r.repository, r.number): r for r in records}
        self._payers = _leading(payers)
        self._declared = [
            (glob.lower(), team.id)
            for team in (policy.teams.values() if policy else ())
            for glob in team.repositories
        ]
        self._reverts: dict[Name, list[Name]] = defaultdict(list)
        for name, record in self.by_name.items():
            if record.reverts is not None and record.merged_at is not None:
                self._reverts[(name[0], record.reverts)].append(name)

    def merged(self) -> Iterable[tuple[Name, date, str]]:
        """Each merged one: its name, the local day of the merge, and the id of its team."""
        for name, record in self.by_name.items():
            if record.merged_at is not None:
                yield name, local_day(record.merged_at, self._zone), self.team_of(name)

    def team_of(self, name: Name) -> str:
        """Empty where nothing tells."""
        repository = name[0]
        if name in self._payers:
            return self._payers[name]
        for glob, team_id in self._declared:
            if fnmatchcase(repository, glob):
                return team_id
        return self._payers.get((repository, None), "")

    def paid_for(self, name: Name) -> bool:
        """Does it have spend of its own?"""
        return name in self._payers

    def abandoned(self, name: Name) -> bool:
        record = self.by_name.get(name)
        return record is not None and record.merged_at is None and record.closed_at is not None

    def stands(self, name: Name) -> bool:
        """A merged one that no later one undid, and that undoes none itself."""
        return self.by_name[name].reverts is None and not self._undone(name, frozenset())

    def _undone(self, name: Name, above: frozenset[Name]) -> bool:
        """By a revert that was not undone in its turn. Reverts in a ring undo nothing."""
        deeper = above | {name}
        return any(
            by not in deeper and not self._undone(by, deeper) for by in self._reverts.get(name, ())
        )


def _leading(payers: Iterable[Payer]) -> dict[tuple[str, int | None], str]:
    """Who paid most for each; of equals the first by id."""
    spent: dict[tuple[str, int | None], dict[str, Decimal]] = defaultdict(
        lambda: defaultdict(Decimal)
    )
    for payer in payers:
        spent[payer.repository.lower(), payer.pull_request][payer.team_id] += payer.cost
    return {
        name: min(teams, key=lambda team_id: (-teams[team_id], team_id))
        for name, teams in spent.items()
        if name[0]
    }
