"""What becomes of tools' requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ci_tokengate.commands.doctor.patient import Patient
from ci_tokengate.core.diagnosis import Knock
from ci_tokengate.core.keys import JobKey
from ci_tokengate.core.policy import UseCase
from ci_tokengate.core.tools.dial import Dial, dials
from ci_tokengate.core.tools.model import Access, access
from ci_tokengate.ports import Diagnosis


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What came of one request that `tool` would make; `dial` is without the key."""

    tool: str
    dial: Dial
    knock: Knock


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
