"""Trial keys: one for each team, none of which could spend; what the first that is minted finds out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from ci_tokengate.commands.doctor.attempt import attempt
from ci_tokengate.commands.doctor.knocks import Heard, knocks
from ci_tokengate.commands.doctor.patient import Patient
from ci_tokengate.commands.doctor.trial_request import key_request, models_of, use_cases
from ci_tokengate.core.check import Check, Status
from ci_tokengate.core.diagnosis import Bound, Minter, Trial
from ci_tokengate.core.keys import JobKey, KeyRequest
from ci_tokengate.core.policy import Policy, Routing, Team
from ci_tokengate.ports import Diagnosis


@dataclass(frozen=True, kw_only=True)
class Examined:
    """`trials` by the team's name; a Check where it could not be found out. None: not looked at."""

    trials: Mapping[str, Trial | Check] = field(default_factory=dict)
    bounds: Sequence[Bound] | Check | None = None
    missing: Sequence[str] | Check | None = None
    heard: Sequence[Heard] | Check | None = None


def examine(patient: Patient, policy: Policy, diagnosis: Diagnosis, minter: Minter) -> Examined:
    """Nothing is minted with an admin's key: no ceiling binds it, so it would prove nothing."""
    found = Examined()
    if minter.is_admin:
        return found
    trials: dict[str, Trial | Check] = {}
    for team in policy.teams.values():
        tried = attempt("credential", partial(_try, patient, diagnosis, minter, team, found))
        if isinstance(tried, Check):
            trials[team.name] = tried
            if tried.status is Status.UNKNOWN:
                break  # a silent proxy would be waited for again, once a team
        else:
            trials[team.name], found = tried
    return replace(found, trials=trials)


def _try(
    patient: Patient, diagnosis: Diagnosis, minter: Minter, team: Team, found: Examined
) -> tuple[Trial, Examined]:
    with _trial(patient, diagnosis, minter, team) as (request, trial):
        if trial.key is None or found.bounds is not None:
            return trial, found
        return trial, _ask(patient, diagnosis, request, trial.key)


@contextmanager
def _trial(
    patient: Patient, diagnosis: Diagnosis, minter: Minter, team: Team
) -> Iterator[tuple[KeyRequest, Trial]]:
    """However the block ends, and where the answer is lost too, no key is left."""
    request = key_request(
        patient, minter, team, "trial", Routing(models=models_of(patient.policy)), Decimal(0)
    )
    refused = False
    try:
        trial = diagnosis.trial(request)
        refused = trial.key is None
        yield request, trial
    finally:
        if not refused:
            diagnosis.forget(request.alias)


def _ask(patient: Patient, diagnosis: Diagnosis, request: KeyRequest, key: JobKey) -> Examined:
    """Each question by itself: one that fails leaves the others their answers."""
    models, proxy = request.models, patient.proxy
    return Examined(
        bounds=attempt("ceilings", lambda: list(diagnosis.bounds(request))),
        missing=attempt("models", lambda: proxy.missing_models(key.key, models)) if proxy else None,
        heard=attempt(
            "tools",
            lambda: knocks(patient, diagnosis, use_cases(patient), lambda _: nullcontext(key)),
        ),
    )
