"""Trial keys: one for each team, none of which could spend; what the first that is minted finds out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

from ci_tokengate.commands.doctor.attempt import attempt
from ci_tokengate.commands.doctor.patient import Patient
from ci_tokengate.core.alias import Alias
from ci_tokengate.core.check import Check, Status
from ci_tokengate.core.diagnosis import Bound, Knock, Minter, Trial
from ci_tokengate.core.keys import JobKey, KeyRequest
from ci_tokengate.core.policy import Policy, Routing, Team, UseCase
from ci_tokengate.core.tools.dial import Dial, dials
from ci_tokengate.core.tools.model import Access, access
from ci_tokengate.ports import Diagnosis

_TTL = timedelta(minutes=2)
"""Of a key that nobody could delete."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What came of one request that `tool` would make; `dial` is without the key."""

    tool: str
    dial: Dial
    knock: Knock


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


def knocks(
    patient: Patient,
    diagnosis: Diagnosis,
    cases: Sequence[UseCase],
    open_key: Callable[[UseCase], AbstractContextManager[JobKey]],
    *,
    paid: bool = False,
) -> list[Heard]:
    """Each tool's requests for each use case; those that are the same are made once."""
    heard: list[Heard] = []
    known: dict[tuple[str, ...], Knock] = {}
    for tool in patient.tools:
        for case in cases:
            for i, dial in enumerate(dials(tool, _access(patient, case, ""))):
                same = (dial.url, dial.model if paid else "", *sorted(dial.headers))
                if same not in known:
                    with open_key(case) as key:
                        wired = dials(tool, _access(patient, case, key.key))[i]
                        known[same] = diagnosis.knock(wired, paid=paid)
                heard.append(Heard(tool=tool.name, dial=dial, knock=known[same]))
    return heard


def _access(patient: Patient, case: UseCase, key: str) -> Access:
    return access(patient.entrance, key=key, models=case.routing.models, folder=patient.folder)


def key_request(
    patient: Patient, minter: Minter, team: Team, name: str, routing: Routing, cap: Decimal
) -> KeyRequest:
    """Under the repository's prefix, so that `sweep` finds it, and outside of every pull request's."""
    context = patient.context
    alias = Alias(
        repository=context.repository,
        scope="doctor",
        run_id=context.run_id,
        run_attempt=context.run_attempt,
        job=context.job,
        use_case=name,
        nonce=patient.nonce(),
    )
    return KeyRequest(
        alias=str(alias),
        team_id=team.id,
        user_id=minter.user_id,
        models=routing.models,
        route=routing.route,
        cap=cap,
        ttl=_TTL,
        parallel_requests=None,
        tags=(),
        attribution={"version": 1, "repository": context.repository, "purpose": "doctor"},
    )


def use_cases(patient: Patient) -> list[UseCase]:
    """The one that was asked for, or all."""
    every = patient.policy.use_cases if patient.policy else {}
    return [case for name, case in every.items() if patient.use_case in ("", name)]


def models_of(policy: Policy | None) -> tuple[str, ...]:
    """Every model that a key of this policy may be given, once."""
    cases = policy.use_cases.values() if policy else ()
    routings = [r for c in cases for r in (c.routing, c.when_amber, c.when_red) if r]
    return tuple(dict.fromkeys(model for r in routings for model in r.models))
