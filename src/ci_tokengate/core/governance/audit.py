"""What can be said of an exemption afterwards: who asked, who agreed, why, and what was run in its window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from ci_tokengate.core.alias import parse_alias
from ci_tokengate.core.governance.approval import Agreement
from ci_tokengate.core.governance.exemption import Exemption, Phase
from ci_tokengate.core.money import add_exactly, exact_sum
from ci_tokengate.core.usage import UsageRow


@dataclass(frozen=True, kw_only=True)
class RanJob:
    """All calls of one job in the window. USD. `scope` is a pull request's number, or a ref."""

    repository: str
    scope: str
    run_id: str
    job: str
    use_case: str
    requests: int
    cost: Decimal


@dataclass(frozen=True, kw_only=True)
class Audited:
    """`agreement` is None where the code host could not be asked, `jobs` where the proxy could not.

    Dearest jobs first. `other_cost` is what the team spent in the window outside of CI jobs.
    """

    exemption: Exemption
    phase: Phase
    agreement: Agreement | None
    jobs: tuple[RanJob, ...] | None = None
    other_cost: Decimal = Decimal(0)

    @property
    def cost(self) -> Decimal:
        return exact_sum(job.cost for job in self.jobs or ())


@dataclass
class Window:
    """Adds up the rows of one exemption's team, use case and window; other rows are passed over."""

    exemption: Exemption
    team_id: str
    other: Decimal = Decimal(0)
    _jobs: dict[tuple[str, str, str, str, str], tuple[int, Decimal]] = field(default_factory=dict)

    def add(self, row: UsageRow) -> None:
        at = row.started_at
        if row.team_id != self.team_id or at is None or not self.exemption.in_force(at):
            return
        alias = parse_alias(row.alias)
        if alias is None:
            self.other = add_exactly(self.other, row.spend)
            return
        if not self.exemption.covers(self.exemption.team, alias.use_case) or not row.answered:
            return
        name = (alias.repository, alias.scope, alias.run_id, alias.job, alias.use_case)
        requests, cost = self._jobs.get(name, (0, Decimal(0)))
        self._jobs[name] = (requests + 1, add_exactly(cost, row.spend))

    def jobs(self) -> tuple[RanJob, ...]:
        found: Iterable[RanJob] = (
            RanJob(
                repository=repository,
                scope=scope,
                run_id=run_id,
                job=job,
                use_case=use_case,
                requests=requests,
                cost=cost,
            )
            for (repository, scope, run_id, job, use_case), (requests, cost) in self._jobs.items()
        )
        return tuple(sorted(found, key=lambda j: (-j.cost, j.repository, j.run_id, j.job)))
