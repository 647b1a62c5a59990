"""The keys that doctor asks for, and what they would be used for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from ci_tokengate.commands.doctor.patient import Patient
from ci_tokengate.core.alias import Alias
from ci_tokengate.core.diagnosis import Minter
from ci_tokengate.core.keys import KeyRequest
from ci_tokengate.core.policy import Policy, Routing, Team, UseCase

_TTL = timedelta(minutes=2)
"""Of a key that nobody could delete."""


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
