"""The proxy: there, well, and of one time with this machine."""

from __future__ import annotations

from ci_tokengate.core.check import Check, fail, ok, warn
from ci_tokengate.core.diagnosis import Health, Lack
from ci_tokengate.ports import Diagnosis

_SUBJECT = "proxy"
_TOGETHER = 30.0
"""Seconds that two clocks may be apart; a key's end is told in the proxy's time."""


def proxy_checks(health: Health, url: str, diagnosis: Diagnosis) -> list[Check]:
    name = f"{health.product} {health.version}".strip()
    if health.database is False:
        sentence = f"{name} at {url} has no connection to its database"
        return [fail(_SUBJECT, sentence, diagnosis.remedy(Lack.DATABASE))]
    if health.too_old:
        sentence = f"{name} at {url} is too old to list keys by prefix"
        return [fail(_SUBJECT, sentence, diagnosis.remedy(Lack.UPGRADE))]
    clock = _clock(health.clock_offset)
    if health.hosted:
        return [ok(_SUBJECT, f"{name} at {url} answers{clock}"), *_apart(health.clock_offset)]
    version = "" if health.version else " (it does not tell its version)"
    database = "database connected" if health.database else "it says nothing of a database"
    found = ok(_SUBJECT, f"{name} at {url}{version}, {database}{clock}")
    return [found, *_apart(health.clock_offset)]


def _clock(offset: float | None) -> str:
    """Within two seconds the `Date` header tells no difference."""
    if offset is None:
        return ""
    return ", clocks together" if abs(offset) < 2 else f", clock {offset:+.0f} s"


def _apart(offset: float | None) -> list[Check]:
    if offset is None or abs(offset) <= _TOGETHER:
        return []
    way = "ahead of" if offset > 0 else "behind"
    sentence = (
        f"its clock is {abs(offset):.0f} s {way} this machine's, and keys end by the proxy's: "
        "what is said of their end is off by as much"
    )
    return [warn(_SUBJECT, sentence, "let both keep time by NTP")]
