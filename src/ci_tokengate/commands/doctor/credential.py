"""The minting credential: enough to mint, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ci_tokengate.commands.doctor.examine import Examined
from ci_tokengate.commands.doctor.patient import Patient
from ci_tokengate.core.check import Check, fail, not_checked, ok, unknown, warn
from ci_tokengate.core.diagnosis import Lack, Minter, Trial
from ci_tokengate.ports import Diagnosis
from ci_tokengate.render.money import when

_SUBJECT = "credential"
_SOON = timedelta(days=14)


def credential_checks(
    patient: Patient, diagnosis: Diagnosis, minter: Minter, examined: Examined
) -> list[Check]:
    if minter.is_admin:
        allowed = patient.policy is not None and patient.policy.allow_admin_key
        line = warn if allowed else fail
        sentence = "it is a master or admin key, which no budget and no ceiling binds"
        return [line(_SUBJECT, sentence, diagnosis.remedy(Lack.LEAST_PRIVILEGE))]
    wrong = [
        *_powers(minter, diagnosis),
        *_rights(minter, diagnosis),
        *_end(minter.expires_at, patient.clock.now(), diagnosis),
        *_teams(minter, examined, diagnosis),
    ]
    good = _good(minter, examined)
    return [*([ok(_SUBJECT, good)] if good else []), *wrong]


def _good(minter: Minter, examined: Examined) -> str:
    teams = [n for n, t in examined.trials.items() if isinstance(t, Trial) and t.key]
    can = [f"mints for {', '.join(teams)}"] if teams else []
    cannot = [
        *(["cannot call models"] if minter.calls_models is False else []),
        *(["cannot raise budgets"] if minter.raises_budgets is False else []),
    ]
    return "; ".join([*can, *([", ".join(cannot)] if cannot else [])])


def _powers(minter: Minter, diagnosis: Diagnosis) -> Iterator[Check]:
    less = diagnosis.remedy(Lack.LEAST_PRIVILEGE)
    if minter.calls_models:
        yield fail(_SUBJECT, "it can call models itself, past every job's cap", less)
    if minter.raises_budgets:
        yield fail(_SUBJECT, "it may change teams, and so raise their budgets", less)
    if minter.calls_models is None or minter.raises_budgets is None:
        what = "call models" if minter.calls_models is None else "raise budgets"
        yield unknown(_SUBJECT, f"whether it may {what} could not be found out", "try again")
    if minter.unlimited:
        yield warn(_SUBJECT, "it is not limited to the routes that minting needs", less)
    elif minter.spare:
        yield warn(_SUBJECT, f"it may do more than it needs: {', '.join(minter.spare)}", less)


def _rights(minter: Minter, diagnosis: Diagnosis) -> Iterator[Check]:
    if minter.missing:
        change = diagnosis.remedy(Lack.RIGHTS, key=minter.id or "<its id>")
        yield fail(_SUBJECT, f"it lacks {', '.join(minter.missing)}", change)
    owned = minter.user_id or minter.ownerless or "/key/info" in minter.missing
    if not owned:
        yield fail(_SUBJECT, "it belongs to no user", diagnosis.remedy(Lack.OWNER))


def _end(end: datetime | None, now: datetime, diagnosis: Diagnosis) -> Iterator[Check]:
    if end is None or end - now >= _SOON:
        return
    left = end - now
    span = (
        f"{left.days} days" if left.days >= 2 else f"{max(int(left.total_seconds()) // 3600, 0)} h"
    )
    sentence = f"it expires on {when(end)}, in {span}"
    yield warn(_SUBJECT, sentence, diagnosis.remedy(Lack.EXPIRY))


def _teams(minter: Minter, examined: Examined, diagnosis: Diagnosis) -> Iterator[Check]:
    for name, trial in examined.trials.items():
        if isinstance(trial, Check):
            yield trial
        elif trial.key is None:
            yield _refused(name, trial, minter, diagnosis)


def _refused(name: str, trial: Trial, minter: Minter, diagnosis: Diagnosis) -> Check:
    if trial.lack is Lack.TEAM:
        return not_checked(_SUBJECT, f"minting for {name}: see teams")
    said = f" ({trial.said.rstrip('.')})" if trial.said else ""
    if trial.lack is None:
        return fail(_SUBJECT, f"it may not mint for {name}{said}", "see the proxy's words")
    change = diagnosis.remedy(
        trial.lack, team=name, user=minter.user_id or "ci-minter", key=minter.id or "<its id>"
    )
    return fail(_SUBJECT, f"it may not mint for {name}: {trial.lack.value}", change)
