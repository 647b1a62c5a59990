"""The policy file's form. The JSON Schema for editors is generated from it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from ci_tokengate.adapters.policy.exemptions import ExemptionsSection
from ci_tokengate.adapters.policy.parts import (
    Cap,
    Duration,
    Name,
    Percent,
    Section,
    Text,
    Times,
    Usd,
    Zone,
)


class ProxySection(Section):
    """The proxy that every call goes through."""

    kind: Literal["litellm", "portkey", "openrouter"] = "litellm"
    url: Text | None = Field(None, description="Bare address: no /v1, no path.")
    control_url: Text | None = Field(
        None, description="Portkey, self-hosted: the control plane's address, with its path if any."
    )
    provider: Text | None = Field(
        None, description="Portkey: @slug of the provider, for models that do not name theirs."
    )


class TiersSection(Section):
    """Lower bounds of the tiers, in percent of the plan."""

    amber: Percent = Decimal(80)
    red: Percent = Decimal(110)
    hard_stop: Percent = Decimal(150)


class DefaultsSection(Section):
    """Who pays and for what, where the workflow does not say."""

    team: Name | None = None
    use_case: Name | None = None


class AssignmentSection(Section):
    """Jobs that match get this team or use case; the first match wins."""

    workflow: Text = Field("*", description="Glob over the workflow file's name.")
    job: Text = Field("*", description="Glob over the job id.")
    team: Name | None = None
    use_case: Name | None = None


class TeamSection(Section):
    """A team that pays."""

    id: Text | None = Field(None, description="team_id at the proxy, if it is not the name here.")
    plan: Usd | None = Field(None, description="USD per budget period; 0 means: may not spend.")
    cost_center: Text | None = None
    repositories: list[Text] = Field(
        default_factory=list,
        description="Globs: whose pull requests are the team's in a report, where no team paid for them.",
    )


class RoutingSection(Section):
    """Models of a tier."""

    models: list[Text] = Field(min_length=1)
    route: dict[Text, Text] = Field(
        default_factory=dict, description="Asked model: model that is served and billed instead."
    )
    config: Text | None = Field(
        None,
        description="Portkey: the config (pc-…) that is pinned on the key, and allows its models.",
    )


class UseCaseSection(RoutingSection):
    """What a key is for: its models, caps and lifetime."""

    cap_per_run: Cap = Field(description="USD; the most that one job key may spend.")
    cap_per_pr: Cap | None = Field(None, description="USD; of all runs of one pull request.")
    ttl: Duration | None = None
    agentic: bool = Field(True, description="false: passes even at the hard stop.")
    parallel_requests: int | None = Field(None, ge=1, le=1000)
    requests_per_minute: int | None = Field(None, ge=1, le=100_000)
    tier: Literal["fast", "middle", "strong"] | None = Field(
        None, description="What the task needs of a model; a report names what is above it."
    )
    when_amber: RoutingSection | None = None
    when_red: RoutingSection | None = None


class LimitsSection(Section):
    """How many runs and keys there may be, whatever they cost. Agentic use cases only."""

    runs_per_pr: int | None = Field(None, ge=1, description="Of one pull request, in one day.")
    runs_per_workflow: int | None = Field(
        None, ge=1, description="Of one workflow of a repository, in one day."
    )
    keys_per_team: int | None = Field(None, ge=1, description="Job keys alive at once.")


class WatchSection(Section):
    """When `watch` warns of a day: of what a team has spent so far against its seven days before."""

    factor: Times = Decimal(3)
    floor: Usd = Field(Decimal(20), description="USD; a day below it is never told.")
    hour: int = Field(
        16, ge=0, le=23, strict=True, description="Of `zone`: from then on a day is judged."
    )


class ScanSection(Section):
    """What `ci-tokengate scan` leaves alone."""

    allowed_hosts: list[Text] = Field(
        default_factory=list, description="Hosts of providers that may be called directly."
    )
    exclude: list[Text] = Field(
        default_factory=list, description="Globs of paths that are not scanned; * also passes /."
    )


class OwnerSection(Section):
    """Files of a repository whose share of a pull request's cost another cost center bears."""

    repository: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")] = Field(
        description="owner/name."
    )
    paths: list[Text] = Field(
        min_length=1, description="Globs from the root: * stays within a folder, ** passes folders."
    )
    cost_center: Text


class PolicyFile(Section):
    """.github/tokengate.yml: who may spend how much, on which models, for what."""

    version: Literal[1]
    proxy: ProxySection = Field(default_factory=lambda: ProxySection.model_construct())
    mode: Literal["enforce", "observe"] = "enforce"
    since: date | None = Field(None, description="Start of the observation, with mode: observe.")
    tiers: TiersSection = Field(default_factory=TiersSection)
    on_error: Literal["block", "skip"] = "block"
    zone: Zone = Field(
        "UTC", description="In which days begin: of exemptions, of limits and of `watch`."
    )
    allow_admin_key: bool = False
    max_ttl: Duration = "60m"
    defaults: DefaultsSection = Field(default_factory=DefaultsSection)
    mapping: list[AssignmentSection] = Field(default_factory=list)
    teams: dict[Name, TeamSection] = Field(min_length=1)
    use_cases: dict[Name, UseCaseSection] = Field(min_length=1)
    limits: LimitsSection = Field(default_factory=lambda: LimitsSection.model_construct())
    watch: WatchSection = Field(default_factory=lambda: WatchSection.model_construct())
    exemptions: ExemptionsSection = Field(default_factory=ExemptionsSection)
    scan: ScanSection = Field(default_factory=ScanSection)
    models: dict[Text, Literal["fast", "middle", "strong"]] = Field(
        default_factory=dict, description="The tier of each model, for reports."
    )
    owners: list[OwnerSection] = Field(default_factory=list)


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the policy file, for editors."""
    schema = PolicyFile.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ci-tokengate policy",
        **{k: v for k, v in schema.items() if k != "title"},
    }
