"""Teams by id and by name. The policy's names win, then the proxy's, then the id itself."""

from __future__ import annotations

from collections.abc import Iterable

from ci_tokengate.core.nearest import nearest
from ci_tokengate.core.policy import Policy, Team
from ci_tokengate.core.showback.reading import Reading
from ci_tokengate.errors import UsageError


class Names:
    """Of the teams of one reading."""

    def __init__(self, reading: Reading) -> None:
        declared = reading.policy.teams.values() if reading.policy else ()
        self._declared: dict[str, Team] = {team.id: team for team in declared}
        self._told = {b.team_id: b.team for b in reading.budgets if b.team}

    def of(self, team_id: str) -> str:
        declared = self._declared.get(team_id)
        return declared.name if declared else self._told.get(team_id) or team_id

    def declared(self, team_id: str) -> Team | None:
        return self._declared.get(team_id)

    def cost_center(self, team_id: str) -> str:
        declared = self._declared.get(team_id)
        return declared.cost_center if declared else ""

    def id_of(self, asked: str, seen: Iterable[str]) -> str:
        """The team that was asked for, by name or id. Raises UsageError that names the known ones."""
        ids = {*seen, *self._declared, *self._told} - {""}
        by_name = {self.of(team_id): team_id for team_id in sorted(ids, reverse=True)}
        if asked in by_name:
            return by_name[asked]
        if asked in ids:
            return asked
        known = sorted(by_name)
        near = nearest(asked, known)
        shown = ", ".join(known[:20]) + (f" and {len(known) - 20} more" if len(known) > 20 else "")
        raise UsageError(
            f"The ledger and the policy know no team {asked[:60]!r}.",
            hint=f"Did you mean {near}?" if near else f"There are: {shown or 'none'}.",
        )


def policy_tiers(policy: Policy | None) -> Policy:
    """The policy, or where there is none its defaults."""
    return policy or Policy(source="no policy")
