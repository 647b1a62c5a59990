"""From the proxy's figures and the policy to what the comment says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from ci_tokengate.core.context import PullRequest
from ci_tokengate.core.cost import Cost
from ci_tokengate.core.decide import decide
from ci_tokengate.core.policy import Mode, Policy
from ci_tokengate.core.report import Median, Refused, Report, Stage, caps_left
from ci_tokengate.core.verdict import Verdict
from ci_tokengate.errors import TokengateError
from ci_tokengate.lifecycle.reckon import of_pull_request, priced, reckon
from ci_tokengate.ports import Clock, PriceBook, Proxy


@dataclass(kw_only=True)
class Reporter:
    """Reads one pull request's report as often as it is asked for.

    `patience` is how long the first reading may wait for the figure to settle; standings of teams
    are read once. So is `median`, and not while jobs still run: their figure is none to compare, and
    each of forty jobs would ask for it.
    """

    proxy: Proxy
    policy: Policy
    repository: str
    pull: PullRequest
    clock: Clock
    book: PriceBook
    refused: tuple[Refused, ...] = ()
    patience: timedelta = timedelta(0)
    median: Callable[[frozenset[str]], Median | None] = lambda _: None

    _teams: dict[str, Verdict] | None = None
    _median: Median | None = None
    _asked: bool = False

    def report(self) -> Report:
        """Raises what Proxy raises for the cost; a team's standing that cannot be had is left out."""
        cost = self._cost()
        teams = self._standings(cost)
        if not self._asked and not cost.running:
            self._median, self._asked = self.median(frozenset(teams)), True
        return Report(
            repository=self.repository,
            number=self.pull.number,
            cost=cost,
            stage=stage_of(self.pull),
            from_fork=self.pull.from_fork,
            observing=self.policy.mode is Mode.OBSERVE,
            teams=tuple(teams.values()),
            caps=caps_left(self.policy, cost),
            refused=self.refused,
            median=self._median,
        )

    def _cost(self) -> Cost:
        patience, self.patience = self.patience, timedelta(0)
        found = reckon(
            self.proxy,
            of_pull_request(self.repository, self.pull.number),
            opened_at=self.pull.opened_at,
            clock=self.clock,
            patience=patience,
        )
        return priced(found, self.book)

    def _standings(self, cost: Cost) -> dict[str, Verdict]:
        """By team id: of the teams whose keys ran here, and of those that were refused one."""
        if self._teams is None:
            self._teams = {}
        names = {refused.team for refused in self.refused}
        ids = {key.team_id for key in cost.keys}
        for team in self.policy.teams.values():
            if (team.id in ids or team.name in names) and team.id not in self._teams:
                case = next(iter(self.policy.use_cases.values()))
                try:
                    budget = self.proxy.team_budget(team.id)
                except TokengateError:
                    continue
                self._teams[team.id] = decide(self.policy, team, case, budget)
        return dict(sorted(self._teams.items()))


def stage_of(pull: PullRequest) -> Stage:
    if pull.merged_at is not None:
        return Stage.MERGED
    return Stage.CLOSED if pull.closed_at is not None else Stage.OPEN
