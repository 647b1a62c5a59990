"""`doctor`: what is wrong with the set-up, each line with what to change.

`examine` and `calls` ask the proxy; the other modules judge what it said, a group of lines each.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from ci_tokengate.commands.doctor.attempt import attempt
from ci_tokengate.commands.doctor.ceilings import ceiling_checks
from ci_tokengate.commands.doctor.comments import comment_checks
from ci_tokengate.commands.doctor.credential import credential_checks
from ci_tokengate.commands.doctor.examine import Examined, examine
from ci_tokengate.commands.doctor.limits import limit_checks
from ci_tokengate.commands.doctor.live import live_checks
from ci_tokengate.commands.doctor.patient import Patient
from ci_tokengate.commands.doctor.policy import policy_checks
from ci_tokengate.commands.doctor.proxy import proxy_checks
from ci_tokengate.commands.doctor.teams import model_checks, team_checks
from ci_tokengate.commands.doctor.tools import tool_checks
from ci_tokengate.commands.doctor.trial_request import models_of
from ci_tokengate.core.capabilities import Capabilities
from ci_tokengate.core.check import Check, Status, not_checked
from ci_tokengate.core.diagnosis import Minter
from ci_tokengate.ports import Diagnosis

__all__ = ["Patient", "doctor"]


def doctor(patient: Patient) -> Generator[Check, None, None]:
    """Yields each line as it is known. No TokengateError leaves it: that is a line, too."""
    yield from policy_checks(patient)
    yield from patient.address
    if patient.diagnosis is None:
        yield from _not_checked(patient.why_no_proxy, "credential", "ceilings", "teams", "tools")
    else:
        yield from _proxy(patient, patient.diagnosis)
    yield from comment_checks(patient)


def _proxy(patient: Patient, diagnosis: Diagnosis) -> Iterator[Check]:
    health = attempt("proxy", diagnosis.health)
    found = [health] if isinstance(health, Check) else proxy_checks(health, patient.url, diagnosis)
    yield from found
    if any(c.status in (Status.FAIL, Status.UNKNOWN) for c in found):
        because = "the proxy is not well"
        yield from _not_checked(because, "credential", "ceilings", "teams", "tools")
        return
    model = next(iter(models_of(patient.policy)), "gpt-4o")
    minter = attempt("credential", lambda: diagnosis.minter(model))
    if isinstance(minter, Check):
        yield minter
        because = "the credential could not be looked at"
        yield from _not_checked(because, "ceilings", "teams", "tools")
        return
    yield from _credential(patient, diagnosis, minter)


def _credential(patient: Patient, diagnosis: Diagnosis, minter: Minter) -> Iterator[Check]:
    if patient.policy is None:
        yield from credential_checks(patient, diagnosis, minter, Examined())
        yield from _not_checked("there is no policy", "ceilings", "teams", "tools")
        return
    examined = examine(patient, patient.policy, diagnosis, minter)
    yield from credential_checks(patient, diagnosis, minter, examined)
    yield from limit_checks(patient.policy, _able(patient))
    yield from ceiling_checks(patient.policy, diagnosis, examined, _able(patient))
    yield from team_checks(patient, patient.policy, diagnosis)
    yield from model_checks(patient.policy, diagnosis, examined, _able(patient))
    yield from tool_checks(patient, patient.policy, diagnosis, minter, examined)
    if patient.book is not None:
        yield from live_checks(patient, patient.policy, diagnosis, minter, patient.book)


def _able(patient: Patient) -> Capabilities:
    return patient.proxy.capabilities if patient.proxy else Capabilities(product="")


def _not_checked(because: str, *subjects: str) -> Iterator[Check]:
    return (not_checked(subject, because) for subject in subjects)
