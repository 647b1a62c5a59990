"""The policy as values: who may spend how much, on which models, for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from fnmatch import fnmatchcase

from ci_tokengate.core.governance.exemption import Exemption, ExemptionRules
from ci_tokengate.core.governance.spike import WatchRules
from ci_tokengate.core.ledger.owners import Owner
from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.nearest import nearest
from ci_tokengate.core.runaway import RunLimits
from ci_tokengate.errors import UsageError

DEFAULT_PROXY = "litellm"
DEFAULT_MAX_TTL = timedelta(minutes=60)


class Mode(Enum):
    """`observe` is the baseline: nothing is blocked, every verdict says what would have been."""

    ENFORCE = "enforce"
    OBSERVE = "observe"


class OnError(Enum):
    """What an undecided verdict means for the job (DESIGN D9). No way leads to a key."""

    BLOCK = "block"
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True)
class Tiers:
    """Lower bounds in percent of the plan; a bound belongs to the tier it begins (DESIGN D3)."""

    amber: Decimal = Decimal(80)
    red: Decimal = Decimal(110)
    hard_stop: Decimal = Decimal(150)


@dataclass(frozen=True, kw_only=True)
class Team:
    """`id` is the team's id at the proxy; `plan` is USD per budget period, None where not given.

    `repositories` are globs: whose pull requests are the team's, where no team paid for them.
    """

    name: str
    id: str
    plan: Decimal | None = None
    cost_center: str = ""
    repositories: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Routing:
    """Models the key may use, and which model is served and billed in place of which.

    `config` is what a proxy that keeps its models in configs pins on the key.
    """

    models: tuple[str, ...]
    route: Mapping[str, str] = field(default_factory=dict)
    config: str = ""


@dataclass(frozen=True, kw_only=True)
class UseCase:
    """What a key is for. Caps are USD; `agentic` ones are blocked at the hard stop (DESIGN D4).

    `tier` is what its task needs of a model, for the report.
    """

    name: str
    routing: Routing
    cap_per_run: Decimal
    cap_per_pr: Decimal | None = None
    ttl: timedelta | None = None
    agentic: bool = True
    parallel_requests: int | None = None
    requests_per_minute: int | None = None
    when_amber: Routing | None = None
    when_red: Routing | None = None
    tier: ModelTier | None = None


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """Jobs whose workflow file and job id match these globs get this team or use case."""

    workflow: str = "*"
    job: str = "*"
    team: str | None = None
    use_case: str | None = None

    def fits(self, workflow: str, job: str) -> bool:
        return fnmatchcase(workflow, self.workflow) and fnmatchcase(job, self.job)


@dataclass(frozen=True, kw_only=True)
class ScanPolicy:
    """Hosts that may be called directly, and globs of paths that are not scanned."""

    allowed_hosts: Sequence[str] = ()
    exclude: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One policy file. `source` says where it was read, for people.

    control_url: where the proxy is managed, if not where it is called. provider: whom it calls for
    models that do not name their provider.
    """

    source: str
    proxy_kind: str = DEFAULT_PROXY
    proxy_url: str | None = None
    control_url: str | None = None
    provider: str = ""
    mode: Mode = Mode.ENFORCE
    observe_since: date | None = None
    tiers: Tiers = field(default_factory=Tiers)
    on_error: OnError = OnError.BLOCK
    allow_admin_key: bool = False
    max_ttl: timedelta = DEFAULT_MAX_TTL
    default_team: str | None = None
    default_use_case: str | None = None
    mappings: Sequence[Assignment] = ()
    teams: Mapping[str, Team] = field(default_factory=dict)
    use_cases: Mapping[str, UseCase] = field(default_factory=dict)
    scan: ScanPolicy = field(default_factory=ScanPolicy)
    zone: str = "UTC"
    limits: RunLimits = field(default_factory=RunLimits)
    watch: WatchRules = field(default_factory=WatchRules)
    exemption_rules: ExemptionRules = field(default_factory=ExemptionRules)
    exemptions: Sequence[Exemption] = ()
    model_tiers: Mapping[str, ModelTier] = field(default_factory=dict)
    owners: Sequence[Owner] = ()

    def team(self, asked: str, *, workflow: str = "", job: str = "") -> Team:
        """The team that pays: as asked, else as mapped, else the default. Raises UsageError."""
        mapped = (m.team for m in self.mappings if m.team and m.fits(workflow, job))
        name = asked or next(mapped, None) or self.default_team
        return self.teams[_known("team", name, self.teams, self.source)]

    def use_case(self, asked: str, *, workflow: str = "", job: str = "") -> UseCase:
        """What the key is for, found as the team is. Raises UsageError."""
        mapped = (m.use_case for m in self.mappings if m.use_case and m.fits(workflow, job))
        name = asked or next(mapped, None) or self.default_use_case
        return self.use_cases[_known("use case", name, self.use_cases, self.source)]


def _known(kind: str, name: str | None, there: Mapping[str, object], source: str) -> str:
    known = ", ".join(sorted(there)) or "none"
    if name is None:
        raise UsageError(
            f"No {kind} was given, and {source} has no default for it.",
            hint=f"Give one ({known}) or set defaults.{kind.replace(' ', '-')} in the policy.",
        )
    if name not in there:
        near = nearest(name, list(there))
        guess = f" Did you mean {near}?" if near else ""
        raise UsageError(
            f"There is no {kind} {name!r} in {source}.", hint=f"There are: {known}.{guess}"
        )
    return name
