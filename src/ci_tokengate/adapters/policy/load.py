"""The policy's text to a Policy; every complaint has the file, line and column it is about."""

from __future__ import annotations

from decimal import Decimal

from pydantic import ValidationError

from ci_tokengate.adapters.policy.checks import check_whole
from ci_tokengate.adapters.policy.complaints import complaints
from ci_tokengate.adapters.policy.load_exemptions import granted
from ci_tokengate.adapters.policy.model import PolicyFile, RoutingSection, UseCaseSection
from ci_tokengate.adapters.policy.yaml_tree import Tree, read_tree
from ci_tokengate.core.durations import parse_duration
from ci_tokengate.core.governance.exemption import Exemption, ExemptionRules
from ci_tokengate.core.governance.spike import SpikeRule, WatchRules
from ci_tokengate.core.ledger.owners import Owner
from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.policy import (
    Assignment,
    Mode,
    OnError,
    Policy,
    Routing,
    ScanPolicy,
    Team,
    Tiers,
    UseCase,
)
from ci_tokengate.core.runaway import RunLimits


def load_policy(text: str, source: str) -> Policy:
    """Raises PolicyError with all complaints, one a line."""
    return load_with_places(text, source)[0]


def load_with_places(text: str, source: str) -> tuple[Policy, Tree]:
    """The same, with where each key stands in the text."""
    tree = read_tree(text, source)
    try:
        file = PolicyFile.model_validate(tree.value)
    except ValidationError as error:
        raise complaints(PolicyFile, tree, error) from error
    check_whole(file, tree)
    return _policy(file, source, granted(file, tree)), tree


def _policy(file: PolicyFile, source: str, exemptions: tuple[Exemption, ...]) -> Policy:
    return Policy(
        source=source,
        proxy_kind=file.proxy.kind,
        proxy_url=file.proxy.url,
        control_url=file.proxy.control_url,
        provider=file.proxy.provider or "",
        mode=Mode(file.mode),
        observe_since=file.since,
        tiers=Tiers(
            amber=file.tiers.amber, red=file.tiers.red, hard_stop=Decimal(file.tiers.hard_stop)
        ),
        on_error=OnError(file.on_error),
        allow_admin_key=file.allow_admin_key,
        max_ttl=parse_duration(file.max_ttl, "max-ttl"),
        default_team=file.defaults.team,
        default_use_case=file.defaults.use_case,
        mappings=tuple(
            Assignment(workflow=m.workflow, job=m.job, team=m.team, use_case=m.use_case)
            for m in file.mapping
        ),
        teams={
            name: Team(
                name=name,
                id=t.id or name,
                plan=t.plan,
                cost_center=t.cost_center or "",
                repositories=tuple(t.repositories),
            )
            for name, t in file.teams.items()
        },
        use_cases={name: _use_case(name, u) for name, u in file.use_cases.items()},
        scan=ScanPolicy(
            allowed_hosts=tuple(file.scan.allowed_hosts), exclude=tuple(file.scan.exclude)
        ),
        zone=file.zone,
        limits=RunLimits(
            runs_per_pr=file.limits.runs_per_pr,
            runs_per_workflow=file.limits.runs_per_workflow,
            keys_per_team=file.limits.keys_per_team,
        ),
        watch=WatchRules(
            spike=SpikeRule(factor=file.watch.factor, floor=file.watch.floor), hour=file.watch.hour
        ),
        exemption_rules=ExemptionRules(
            approvers=tuple(file.exemptions.approvers),
            environment=file.exemptions.environment or "",
            max_extra=file.exemptions.max_extra,
            max_days=file.exemptions.max_days,
        ),
        exemptions=exemptions,
        model_tiers={name: ModelTier(tier) for name, tier in file.models.items()},
        owners=tuple(
            Owner(repository=o.repository, paths=tuple(o.paths), cost_center=o.cost_center)
            for o in file.owners
        ),
    )


def _use_case(name: str, section: UseCaseSection) -> UseCase:
    return UseCase(
        name=name,
        routing=_routing(section),
        cap_per_run=section.cap_per_run,
        cap_per_pr=section.cap_per_pr,
        ttl=parse_duration(section.ttl, "ttl") if section.ttl else None,
        agentic=section.agentic,
        parallel_requests=section.parallel_requests,
        requests_per_minute=section.requests_per_minute,
        when_amber=_routing(section.when_amber) if section.when_amber else None,
        when_red=_routing(section.when_red) if section.when_red else None,
        tier=ModelTier(section.tier) if section.tier else None,
    )


def _routing(section: RoutingSection) -> Routing:
    return Routing(
        models=tuple(section.models), route=dict(section.route), config=section.config or ""
    )
