"""The policy file's form. The JSON Schema for editors is generated from it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from ci_tokengate.core.durations import parse_duration
from ci_tokengate.core.money import parse_usd
from ci_tokengate.errors import UsageError


def _usd(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError("not an amount in USD, such as 2.50")
    try:
        return parse_usd(format(value, "f") if isinstance(value, Decimal) else str(value), "this")
    except UsageError as error:
        raise ValueError(f"not an amount in USD, such as 2.50: {value}"[:80]) from error


def _duration(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a duration, such as 30m")
    try:
        parse_duration(value, "this")
    except UsageError as error:
        raise ValueError(f"not a duration, such as 90s, 30m or 1h: {value}"[:80]) from error
    return value


def _percent(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("not a number of percent, such as 80")
    return Decimal(value)


Usd = Annotated[
    Decimal,
    BeforeValidator(_usd),
    WithJsonSchema(
        {
            "description": "USD",
            "anyOf": [
                {"type": "number", "minimum": 0},
                {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,10})?$"},
            ],
        }
    ),
]
Cap = Annotated[Usd, Field(gt=0)]
Duration = Annotated[
    str,
    BeforeValidator(_duration),
    WithJsonSchema(
        {"description": "90s, 30m, 1h", "type": "string", "pattern": "^[0-9]{1,6}[smh]$"}
    ),
]
Percent = Annotated[
    Decimal,
    BeforeValidator(_percent),
    Field(gt=0, le=100_000),
    WithJsonSchema({"description": "percent of plan", "type": "number", "exclusiveMinimum": 0}),
]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Text = Annotated[str, Field(min_length=1, max_length=300)]


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=_kebab, defer_build=True)


class ProxySection(Section):
    """The proxy that every call goes through."""

    kind: Literal["litellm"] = "litellm"
    url: Text | None = Field(None, description="Bare address: no /v1, no path.")


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


class UseCaseSection(RoutingSection):
    """What a key is for: its models, caps and lifetime."""

    cap_per_run: Cap = Field(description="USD; the most that one job key may spend.")
    cap_per_pr: Cap | None = Field(None, description="USD; of all runs of one pull request.")
    ttl: Duration | None = None
    agentic: bool = Field(True, description="false: passes even at the hard stop.")
    parallel_requests: int | None = Field(None, ge=1, le=1000)
    tier: Literal["fast", "middle", "strong"] | None = Field(
        None, description="What the task needs of a model; a report names what is above it."
    )
    when_amber: RoutingSection | None = None
    when_red: RoutingSection | None = None


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
    proxy: ProxySection = ProxySection(kind="litellm", url=None)
    mode: Literal["enforce", "observe"] = "enforce"
    since: date | None = Field(None, description="Start of the observation, with mode: observe.")
    tiers: TiersSection = Field(default_factory=TiersSection)
    on_error: Literal["block", "skip"] = "block"
    allow_admin_key: bool = False
    max_ttl: Duration = "60m"
    defaults: DefaultsSection = Field(default_factory=DefaultsSection)
    mapping: list[AssignmentSection] = Field(default_factory=list)
    teams: dict[Name, TeamSection] = Field(min_length=1)
    use_cases: dict[Name, UseCaseSection] = Field(min_length=1)
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
