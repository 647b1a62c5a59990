"""What only a running proxy proves: one real key, one small call, and what becomes of them (`doctor --live`).

Its adapter was written by a description; here the account itself says whether that is so. It costs less than a cent
and takes a few minutes, most of which is waiting for the proxy's own figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ci_tokengate.commands.doctor.attempt import attempt, trouble
from ci_tokengate.commands.doctor.minted import minted
from ci_tokengate.commands.doctor.patient import Patient
from ci_tokengate.commands.doctor.trial_request import key_request, use_cases
from ci_tokengate.commands.doctor.unit import REPORT, unit_check
from ci_tokengate.core.capabilities import Capabilities
from ci_tokengate.core.check import Check, fail, not_checked, ok, unknown, warn
from ci_tokengate.core.diagnosis import Knock, Minter
from ci_tokengate.core.keys import Handle, JobKey
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.tools.dial import Dial, dials
from ci_tokengate.core.tools.model import access
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.errors import TokengateError
from ci_tokengate.ports import Diagnosis, PriceBook, Proxy

_SUBJECT = "live"
_CAP = Decimal("0.01")
_SHORT = timedelta(seconds=60)
"""The life of the key that is left to end by itself."""
_STEP = 5.0
_PATIENCE = timedelta(minutes=5)
PROOFS: Mapping[str, str] = {
    "a key is listed under its name at once": "concurrent jobs count each other's keys, and a mint whose answer was lost is found so",
    "a call's cost is told under this key, and after how long": "a figure is called settled by that",
    "whatever the call said of itself": "no job may move its cost to another's pull request",
    "the unit of money": "compared with the provider's price of so many tokens",
    "a revoked key is refused at once": "a gateway may remember a key for a while",
    "what a revoked key has spent can still be read": "the comment is written after the key's end",
    "a key ends by itself": "the bound of all that goes wrong",
}
"""What is proven here, and why."""


@dataclass(frozen=True, kw_only=True)
class _Bench:
    """What each proof needs. `dial` is the first tool's request; `forged` what a job would forge."""

    patient: Patient
    proxy: Proxy
    diagnosis: Diagnosis
    dial: Callable[[JobKey], Dial]
    forged: Mapping[str, str]
    book: PriceBook

    @property
    def able(self) -> Capabilities:
        return self.proxy.capabilities

    def now(self) -> datetime:
        return self.patient.clock.now()

    def knock(self, key: JobKey) -> Knock:
        """A whole call, of some tokens: one without a question could be refused for that, with any key."""
        return self.diagnosis.knock(self.dial(key), paid=True, headers=self.forged)


def live_checks(
    patient: Patient, policy: Policy, diagnosis: Diagnosis, minter: Minter, book: PriceBook
) -> Iterator[Check]:
    """Both keys are revoked however it ends."""
    proxy, cases = patient.proxy, use_cases(patient)
    if proxy is None or not cases:
        yield not_checked(_SUBJECT, "there is no proxy, or no such use case")
        return
    case, team = cases[0], policy.team(patient.team)

    def dial(key: JobKey) -> Dial:
        way = access(
            patient.entrance, key=key.key, models=case.routing.models, folder=patient.folder
        )
        return dials(patient.tools[0], way)[0]

    bench = _Bench(
        patient=patient,
        proxy=proxy,
        diagnosis=diagnosis,
        dial=dial,
        forged=diagnosis.forgery(),
        book=book,
    )
    request = key_request(patient, minter, team, "live", case.routing, min(_CAP, case.cap_per_run))
    brief = key_request(patient, minter, team, "brief", case.routing, min(_CAP, case.cap_per_run))
    try:
        with minted(proxy, request) as key, minted(proxy, brief, ttl=_SHORT) as short:
            yield from _of_a_key(bench, key)
            yield from _of_its_end(bench, key, short)
    except TokengateError as error:
        yield trouble(_SUBJECT, error)


def _of_a_key(bench: _Bench, key: JobKey) -> Iterator[Check]:
    listed = [k.id for k in bench.proxy.live_keys(prefix=key.alias)]
    if listed == [key.id]:
        yield ok(_SUBJECT, "a key is listed under its name at once")
    else:
        found = f"{len(listed)} keys" if listed else "nothing"
        yield fail(_SUBJECT, f"after a mint {found} is listed under the key's name", REPORT)
    began = bench.now()
    knock = bench.knock(key)
    if not knock.reached:
        yield fail(
            _SUBJECT, f"a small call is refused: {knock.said.rstrip('.')}", "see tools above"
        )
        return
    rows = _wait_for_rows(bench, key)
    if not rows:
        minutes = int(_PATIENCE.total_seconds() // 60)
        sentence = f"the call's cost was not told within {minutes} min, under this key"
        change = "costs come too late there to be settled: wait, and look again with `cost`"
        yield unknown(_SUBJECT, sentence, change)
        return
    late = bench.now() - began
    sentence = f"the call's cost was told after {late.total_seconds():.0f} s, under this key"
    if bench.forged:
        sentence += ", whatever the call said of itself"
    yield ok(_SUBJECT, sentence)
    if late > bench.able.settles_after:
        settled = f"{bench.able.settles_after.total_seconds():.0f} s"
        sentence = (
            f"a figure is held to be settled {settled} after a key's end, and that is too early"
        )
        yield warn(_SUBJECT, sentence, "read costs again later: `collect` does, a day after")
    yield unit_check(bench.book, bench.able, rows)


def _wait_for_rows(bench: _Bench, key: JobKey) -> list[UsageRow]:
    until = bench.now() + _PATIENCE
    since = bench.now() - timedelta(hours=1)
    while True:
        found = bench.proxy.usage_by_alias(key.alias, since=since)
        rows = [row for row in found if row.key_id == key.id and row.spend]
        if rows or bench.now() >= until:
            return rows
        bench.patient.clock.sleep(_STEP)


def _of_its_end(bench: _Bench, key: JobKey, short: JobKey) -> Iterator[Check]:
    before = attempt(_SUBJECT, lambda: bench.knock(key))
    gone = attempt(_SUBJECT, lambda: _revoked(bench, key))
    after = attempt(_SUBJECT, lambda: bench.knock(key))
    for found in (before, gone, after):
        if isinstance(found, Check):
            yield found
            return
    if isinstance(before, Knock) and not before.reached:
        yield not_checked(_SUBJECT, "the key was refused before it was revoked")
    elif isinstance(after, Knock) and not after.reached:
        yield ok(_SUBJECT, "a revoked key is refused at once")
    else:
        sentence = "a revoked key is still accepted: a gateway may remember it for a while"
        yield fail(_SUBJECT, sentence, "count on the key's end, and keep ttl short")
    if list(bench.proxy.usage_of(key.id)):
        yield ok(_SUBJECT, "what a revoked key has spent can still be read")
    else:
        yield fail(_SUBJECT, "what a revoked key has spent cannot be read any more", REPORT)
    left = (short.expires_at - bench.now()).total_seconds()
    bench.patient.clock.sleep(max(left, 0.0) + 2.0)
    if bench.knock(short).reached:
        yield fail(_SUBJECT, "a key past its end is still accepted", REPORT)
    else:
        yield ok(_SUBJECT, "a key ends by itself")


def _revoked(bench: _Bench, key: JobKey) -> bool:
    return bench.proxy.revoke(Handle(alias=key.alias, team_id="", key_id=key.id))
