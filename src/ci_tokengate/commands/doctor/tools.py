"""Would each wired tool reach the proxy? With `call`, does a real call arrive, and for how much?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from ci_tokengate.commands.doctor.attempt import attempt
from ci_tokengate.commands.doctor.examine import Examined, Heard, key_request, knocks, use_cases
from ci_tokengate.commands.doctor.patient import Patient
from ci_tokengate.core.check import Check, fail, not_checked, ok
from ci_tokengate.core.diagnosis import Minter
from ci_tokengate.core.keys import Handle, KeyRequest
from ci_tokengate.core.policy import Policy, UseCase
from ci_tokengate.errors import ProxyUnavailableError, TokengateError
from ci_tokengate.lifecycle.mint_surely import give_back
from ci_tokengate.ports import Diagnosis, LostAnswer, Proxy
from ci_tokengate.render.money import usd

_CAP = Decimal("0.05")
"""USD of the key that makes a use case's calls: a few tokens each, of the dearest models too."""


def tool_checks(
    patient: Patient, policy: Policy, diagnosis: Diagnosis, minter: Minter, examined: Examined
) -> Iterator[Check]:
    heard = examined.heard
    if isinstance(heard, Check):
        yield heard
        return
    if heard is None:
        yield not_checked("tools", "no key was minted to try them with")
        return
    if patient.call and patient.proxy is not None:
        called: list[Heard] = []
        for case in use_cases(patient):
            made = _calls(patient, policy, diagnosis, patient.proxy, minter, case)
            if isinstance(made, Check):
                yield made
                return
            called += made
        heard = called
    for tool in patient.tools:
        yield _judged(tool.name, [h for h in heard if h.tool == tool.name], paid=patient.call)


def _calls(
    patient: Patient,
    policy: Policy,
    diagnosis: Diagnosis,
    proxy: Proxy,
    minter: Minter,
    case: UseCase,
) -> list[Heard] | Check:
    """One key a use case, revoked however this ends."""

    def made() -> list[Heard]:
        team = policy.team(patient.team)
        request = key_request(
            patient, minter, team, "call", case.routing, min(_CAP, case.cap_per_run)
        )
        return _with_key(patient, diagnosis, proxy, request, case)

    return attempt("tools", made)


def _with_key(
    patient: Patient, diagnosis: Diagnosis, proxy: Proxy, request: KeyRequest, case: UseCase
) -> list[Heard]:
    handle = Handle(alias=request.alias, team_id=request.team_id, user_id=request.user_id)
    try:
        key = proxy.mint(request)
    except TokengateError:
        raise
    except LostAnswer as error:
        give_back(proxy, handle, because=error)
        raise ProxyUnavailableError(
            f"The proxy did not answer the mint of a key ({str(error).rstrip('.')}).",
            hint="What it may have minted was revoked. Try again.",
        ) from error
    except BaseException as error:
        give_back(proxy, handle, because=error)
        raise
    handle = replace(handle, key_id=key.id)
    try:
        return knocks(patient, diagnosis, key, [case], paid=True)
    finally:
        give_back(proxy, handle)


def _judged(tool: str, heard: Sequence[Heard], *, paid: bool) -> Check:
    for one in heard:
        if not one.knock.reached:
            route = one.dial.url.split("/", 3)[-1]
            sentence = (
                f"its call to /{route} of {one.dial.model} fails: {one.knock.said.rstrip('.')}"
            )
            change = "let the proxy serve that route and model, or wire another tool"
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
