"""Would each wired tool reach the proxy? With `call`, does a real call arrive, and for how much?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal

from ci_tokengate.commands.doctor.attempt import attempt
from ci_tokengate.commands.doctor.examine import Examined
from ci_tokengate.commands.doctor.knocks import Heard, knocks
from ci_tokengate.commands.doctor.minted import minted
from ci_tokengate.commands.doctor.patient import Patient
from ci_tokengate.commands.doctor.trial_request import key_request, use_cases
from ci_tokengate.core.check import Check, fail, not_checked, ok
from ci_tokengate.core.diagnosis import Minter
from ci_tokengate.core.keys import JobKey
from ci_tokengate.core.policy import Policy, UseCase
from ci_tokengate.ports import Diagnosis
from ci_tokengate.render.money import usd

_CAP = Decimal("0.01")
"""USD of the key that makes one call: a few tokens, of the dearest models too."""


def tool_checks(
    patient: Patient, policy: Policy, diagnosis: Diagnosis, minter: Minter, examined: Examined
) -> Iterator[Check]:
    heard = examined.heard
    if heard is not None and not isinstance(heard, Check) and patient.call:
        heard = _calls(patient, policy, diagnosis, minter)
    if heard is None:
        yield not_checked("tools", "no key was minted to try them with")
    elif isinstance(heard, Check):
        yield heard
    else:
        for tool in patient.tools:
            of_tool = [h for h in heard if h.tool == tool.name]
            yield _judged(tool.name, of_tool, paid=patient.call)


def _calls(
    patient: Patient, policy: Policy, diagnosis: Diagnosis, minter: Minter
) -> list[Heard] | Check:
    """A key for each call: LiteLLM sets a key's whole rest aside while some calls last."""
    proxy, cases = patient.proxy, use_cases(patient)
    if proxy is None:
        return not_checked("tools", "there is no proxy")
    team = policy.team(patient.team)

    def key(case: UseCase) -> AbstractContextManager[JobKey]:
        cap = min(_CAP, case.cap_per_run)
        return minted(proxy, key_request(patient, minter, team, "call", case.routing, cap))

    return attempt("tools", lambda: knocks(patient, diagnosis, cases, key, paid=True))


def _judged(tool: str, heard: Sequence[Heard], *, paid: bool) -> Check:
    for one in heard:
        if not one.knock.reached:
            route = one.dial.url.split("/", 3)[-1]
            sentence = (
                f"its call to /{route} of {one.dial.model} fails: {one.knock.said.rstrip('.')}"
            )
            change = "have the proxy serve that route and model, or wire another tool"
            return fail(tool, sentence, change)
    if paid:
        return ok(tool, f"a call with the wired environment arrived ({_prices(heard)})")
    models = _once(h.dial.model for h in heard)
    return ok(tool, f"its calls reach the proxy, and the key they carry is known ({models})")


def _prices(heard: Sequence[Heard]) -> str:
    return _once(
        f"{h.knock.model}, {usd(h.knock.cost) if h.knock.cost is not None else 'price not told'}"
        for h in heard
    )


def _once(parts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(parts))
