"""Minting a job key so that none is ever lost, doubled or above what is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ci_tokengate.core.cap import Cap, Hold, earlier, key_cap, worth_minting
from ci_tokengate.core.cap_refusal import refuse
from ci_tokengate.core.context import JobContext
from ci_tokengate.core.keys import JobKey
from ci_tokengate.errors import UndecidedError, UsageError
from ci_tokengate.lifecycle.admit import Admission
from ci_tokengate.lifecycle.holds import holds
from ci_tokengate.lifecycle.mint_surely import Announce, give_back, mint_surely
from ci_tokengate.ports import Proxy

_TRIES = 3


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A key, or the admission with a verdict that blocks after all."""

    admission: Admission
    key: JobKey | None


def issue(
    proxy: Proxy,
    context: JobContext,
    admission: Admission,
    *,
    nonce: Callable[[], str],
    announce: Announce,
) -> Issued:
    """Mints what `admission` allows. Whatever it raises, no key is left behind that it knows of.

    Two jobs can read the same remainder at once, so after the mint the live keys are read again:
    the earlier key keeps its cap, the later one is given back and asked for anew with what is left.
    """
    cap = admission.cap
    if cap is None:
        return Issued(admission=admission, key=None)
    for _ in range(_TRIES):
        key, handle = mint_surely(proxy, context, admission, cap, nonce, announce)
        try:
            announce(handle)
            _check_served(proxy, admission, key)
            left = _left_for(proxy, context, admission, cap, key)
        except BaseException as error:
            give_back(proxy, handle, because=error)
            raise
        if key.cap <= left.amount:
            return Issued(admission=replace(admission, cap=replace(cap, amount=key.cap)), key=key)
        give_back(proxy, handle)
        cap = left
        if not worth_minting(cap):
            break
    return Issued(admission=_refused(admission, cap), key=None)


def _check_served(proxy: Proxy, admission: Admission, key: JobKey) -> None:
    """The proxy mints keys for models that it does not have; the agent would find out too late."""
    missing = proxy.missing_models(key.key, admission.routing.models)
    if missing:
        raise UsageError(
            f"The proxy has no model {', '.join(missing)}, "
            f"which use case {admission.use_case.name} names.",
            hint="Use the names under which the proxy serves models (its model_list).",
        )


def _left_for(
    proxy: Proxy, context: JobContext, admission: Admission, cap: Cap, key: JobKey
) -> Cap:
    """What this key may have, given the keys that were minted before it."""
    limits = admission.limits
    if limits.pull_request is None and limits.team is None:
        return replace(cap, amount=key.cap)
    pr_holds, team_holds = holds(proxy, context, admission.use_case, admission.team, limits)
    return key_cap(
        limits,
        step=proxy.capabilities.cap_step,
        pr_holds=_before(pr_holds, key) if limits.pull_request is not None else (),
        team_holds=_before(team_holds, key) if limits.team is not None else (),
    )


def _before(found: list[Hold], key: JobKey) -> list[Hold]:
    own = next((h for h in found if h.key_id == key.id), None)
    if own is None:
        raise UndecidedError(
            "The proxy does not list the key that it has just minted, so nobody knows what other "
            "jobs hold.",
            hint="Its version is older than the one that the README asks for, "
            "or its replicas do not share a database.",
        )
    return earlier(found, own)


def _refused(admission: Admission, cap: Cap) -> Admission:
    return replace(
        admission,
        verdict=refuse(admission.verdict, cap, admission.limits, admission.use_case),
        cap=None,
    )
