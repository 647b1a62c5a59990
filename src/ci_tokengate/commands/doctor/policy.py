"""The policy: is there one, and does it leave something open that is easily overlooked?"""

from __future__ import annotations

from ci_tokengate.commands.doctor.attempt import trouble
from ci_tokengate.commands.doctor.patient import Patient
from ci_tokengate.core.advice.offline import judged
from ci_tokengate.core.check import Check, ok, warn
from ci_tokengate.core.level import Level
from ci_tokengate.errors import PolicyError

_SUBJECT = "policy"


def policy_checks(patient: Patient) -> list[Check]:
    if patient.policy is None:
        return _none(patient)
    today = patient.clock.now().date()
    found = [
        warn(_SUBJECT, one.message, one.hint)
        for one in judged(patient.policy, today)
        if one.level is not Level.NOTE
    ]
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
