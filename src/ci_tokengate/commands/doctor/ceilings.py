"""The operator's ceilings: what a minting key that leaked could do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from ci_tokengate.commands.doctor.examine import Examined
from ci_tokengate.core.cap import lifetime
from ci_tokengate.core.capabilities import Capabilities
from ci_tokengate.core.check import Check, fail, not_checked, ok, unknown, warn
from ci_tokengate.core.diagnosis import Bound, Ceiling
from ci_tokengate.core.durations import compact
from ci_tokengate.core.policy import Policy, UseCase
from ci_tokengate.ports import Diagnosis
from ci_tokengate.render.money import usd

_SUBJECT = "ceilings"
_ACCEPTED: Mapping[Ceiling, str] = {
    Ceiling.EXPIRY: "a key without an expiry would be minted",
    Ceiling.LIFETIME: "a key that lives for ten years would be minted",
    Ceiling.CAPPED: "a key without a cap would be minted",
    Ceiling.CAP: "a key with a cap of a million dollars would be minted",
    Ceiling.TEAM: "a key outside every team, and so outside every budget, would be minted",
    Ceiling.PARALLEL: "a key of 100,000 parallel requests would be minted, and all that are in flight may pass its cap",
}
_FILLED = {Ceiling.EXPIRY: Ceiling.LIFETIME, Ceiling.CAPPED: Ceiling.CAP}
"""What a request leaves out gets the upper bound, where there is one."""


def ceiling_checks(
    policy: Policy, diagnosis: Diagnosis, examined: Examined, able: Capabilities
) -> list[Check]:
    if not able.ceilings:
        sentence = f"{able.product} has none: a minting key that leaked could mint without bound"
        return [warn(_SUBJECT, sentence, diagnosis.remedy(Ceiling.CAP))]
    found = examined.bounds
    if isinstance(found, Check):
        return [found]
    if not found:
        because = (
            "an admin's key is not bound by them" if not examined.trials else "no key was minted"
        )
        return [not_checked(_SUBJECT, because)]
    by = {bound.ceiling: bound for bound in found}
    wrong = [*_accepted(by, diagnosis), *_too_low(by, policy, diagnosis)]
    return [*([] if wrong else [ok(_SUBJECT, _held(by))]), *wrong]


def _accepted(by: Mapping[Ceiling, Bound], diagnosis: Diagnosis) -> Iterator[Check]:
    for ceiling, sentence in _ACCEPTED.items():
        if ceiling not in by:
            continue
        bound, filled = by[ceiling], by.get(_FILLED.get(ceiling, ceiling))
        if bound.held or (filled and filled.held):
            continue
        if bound.held is None:
            asked = f"whether {sentence}, the proxy did not say ({bound.said})"
            yield unknown(_SUBJECT, asked, "try again, or ask whoever runs the proxy")
        else:
            line = warn if ceiling is Ceiling.PARALLEL else fail
            yield line(_SUBJECT, sentence, diagnosis.remedy(ceiling))


def _too_low(by: Mapping[Ceiling, Bound], policy: Policy, diagnosis: Diagnosis) -> Iterator[Check]:
    """A use case that asks for more than the operator allows gets no key at all."""
    for case in policy.use_cases.values():
        for key, asked, ceiling, shown in _wants(policy, case):
            limit = by[ceiling].limit if ceiling in by else None
            if limit is not None and asked > limit:
                setting = diagnosis.remedy(ceiling).removeprefix("set ").split(":")[0]
                yield fail(
                    _SUBJECT,
                    f"{key} of {case.name} is {shown(asked)}, above the proxy's "
                    f"{shown(limit)}: its keys are refused",
                    f"lower it in the policy, or raise {setting}",
                )


def _wants(
    policy: Policy, case: UseCase
) -> Iterator[tuple[str, Decimal, Ceiling, Callable[[Decimal], str]]]:
    yield "cap-per-run", case.cap_per_run, Ceiling.CAP, usd
    ttl = Decimal(int(lifetime(policy, case, None).total_seconds()))
    yield "ttl", ttl, Ceiling.LIFETIME, _span
    if case.parallel_requests:
        many = Decimal(case.parallel_requests)
        yield "parallel-requests", many, Ceiling.PARALLEL, str


def _span(seconds: Decimal) -> str:
    return compact(timedelta(seconds=int(seconds)))


def _held(by: Mapping[Ceiling, Bound]) -> str:
    asked = (Ceiling.CAP, Ceiling.LIFETIME, Ceiling.PARALLEL)
    cap, life, many = (by[c].limit if c in by else None for c in asked)
    spend = f"at most {usd(cap)}" if cap is not None else "only so much"
    hours = f"within {_span(life)}" if life is not None else "in time"
    calls = f", {many:g} requests at once" if many is not None else ""
    return f"a key may spend {spend}{calls}, ends {hours}, and belongs to a team"
