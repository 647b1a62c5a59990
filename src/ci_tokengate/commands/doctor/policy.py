"""The policy: is there one, and does it leave something open that is easily overlooked?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ci_tokengate.commands.doctor.attempt import trouble
from ci_tokengate.commands.doctor.patient import Patient
from ci_tokengate.core.check import Check, ok, warn
from ci_tokengate.core.durations import compact
from ci_tokengate.core.policy import Mode, Policy
from ci_tokengate.errors import PolicyError

_SUBJECT = "policy"
_BASELINE = 60
"""Days after which an observation has seen enough to decide on plans (DESIGN D4)."""


def policy_checks(patient: Patient) -> list[Check]:
    if patient.policy is None:
        return _none(patient)
    found = list(_doubts(patient.policy, patient.clock.now().date()))
    teams, cases = len(patient.policy.teams), len(patient.policy.use_cases)
    sentence = (
        f"{patient.policy.source}: teams: {teams}, use cases: {cases}, "
        f"mode: {patient.policy.mode.value}"
    )
    return [ok(_SUBJECT, sentence), *found]


def _none(patient: Patient) -> list[Check]:
    error = patient.policy_trouble
    if error is None:
        return []
    hint = error.hint
    if not isinstance(error, PolicyError):
        hint = f"{hint} `ci-tokengate init` writes one.".strip()
    found = trouble(_SUBJECT, error)
    lines = found.sentence.splitlines() or [""]
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return [
        Check(
            subject=_SUBJECT,
            status=found.status,
            sentence=lines[0] + more,
            change=hint or "see `ci-tokengate policy check`",
        )
    ]


def _doubts(policy: Policy, today: date) -> Iterator[Check]:
    if policy.mode is Mode.OBSERVE and policy.observe_since is not None:
        days = (today - policy.observe_since).days
        if days >= _BASELINE:
            yield warn(
                _SUBJECT,
                f"it has only observed for {days} days, and blocks nothing",
                "set plans from what was seen, and mode: enforce",
            )
    if policy.allow_admin_key:
        yield warn(
            _SUBJECT,
            "it accepts an admin's key, which no budget binds",
            "take allow-admin-key out, and use a minting key",
        )
    yield from _unused(policy)
    for name, case in policy.use_cases.items():
        if case.ttl is not None and case.ttl > policy.max_ttl:
            yield warn(
                _SUBJECT,
                f"ttl of {name} is {compact(case.ttl)}, above max-ttl, which holds",
                f"lower it to {compact(policy.max_ttl)}, or raise max-ttl",
            )


def _unused(policy: Policy) -> Iterator[Check]:
    """A workflow that names neither is refused; that is a choice, but seldom one that was meant."""
    for kind, default, key in (
        ("team", policy.default_team, "defaults.team"),
        ("use case", policy.default_use_case, "defaults.use-case"),
    ):
        if default is None:
            yield warn(
                _SUBJECT,
                f"it has no default {kind}, so a workflow that names none is refused",
                f"set {key}, unless every workflow is to name its own",
            )
