"""Exemptions as files have them: in the policy, or one a file in the folder `exemptions` beside it."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from ci_tokengate.adapters.policy.parts import Cap, Moment, Name, Section, Text
from ci_tokengate.core.governance.exemption import Exemption, window
from ci_tokengate.errors import UsageError


class ExemptionSection(Section):
    """More than the plan, for a time."""

    team: Name
    use_case: Name | None = Field(None, description="Only this one; without it, any of the team's.")
    extra: Cap = Field(description="USD above the team's hard stop.")
    from_: Moment = Field(alias="from")
    until: Moment = Field(description="The last day, or the moment at which it is over.")
    reason: Text
    requested_by: Text = Field(description="Login of whoever asks.")
    ticket: Text | None = None


class ExemptionsSection(Section):
    """Who may agree to an exemption, and how far one may go."""

    approvers: list[Text] = Field(
        default_factory=list, description="Logins whose approving review counts."
    )
    environment: Text | None = Field(
        default=None,
        description="A protected environment: to let the pull request's job into it is to approve.",
    )
    max_extra: Cap | None = Field(default=None, description="USD; no exemption is larger.")
    max_days: int = Field(default=14, ge=1, le=366, description="No exemption lasts longer.")
    granted: list[ExemptionSection] = Field(default_factory=list)


def exemption_of(
    section: ExemptionSection, rules: ExemptionsSection, zone: str, *, name: str, source: str
) -> Exemption:
    """Raises UsageError for a window that is reversed or too long, and for too large an amount."""
    starts_at, ends_at = window(section.from_, section.until, ZoneInfo(zone))
    longest = timedelta(days=rules.max_days)
    # A day on which clocks change is an hour longer.
    if ends_at - starts_at > longest + timedelta(hours=1):
        raise UsageError(
            f"The window is longer than {rules.max_days} days.",
            hint="Ask for less, or raise exemptions.max-days in the policy.",
        )
    if rules.max_extra is not None and section.extra > rules.max_extra:
        raise UsageError(
            f"extra is above the {rules.max_extra} USD that exemptions.max-extra allows.",
            hint="Ask for less, or change the team's plan.",
        )
    return Exemption(
        name=name,
        team=section.team,
        use_case=section.use_case or "",
        extra=section.extra,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=section.reason,
        requested_by=section.requested_by,
        ticket=section.ticket or "",
        source=source,
    )
