"""Exemptions as text: the file that asks for one, and what a sync did."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ci_tokengate.core.governance.approval import Agreement
from ci_tokengate.core.governance.exemption import Exemption
from ci_tokengate.render.data import code, printable
from ci_tokengate.render.money import usd, when
from ci_tokengate.render.scalar import scalar

_ODD = re.compile(r"[^a-z0-9]+")
_FIGURE = re.compile(r"\d[\d.:TZ+-]*", re.ASCII)


def file_name(*, last_day: date, team: str, reason: str) -> str:
    """It begins with the last day, by which the gate knows it to be over without reading it."""
    about = _ODD.sub("-", f"{team} {reason}".lower()).strip("-")[:60].rstrip("-")
    return f"{last_day}-{about}.yml"


def file_text(fields: Sequence[tuple[str, str]]) -> str:
    """Each as YAML reads it back; what is empty is left out."""
    return "".join(f"{name}: {_value(name, value)}\n" for name, value in fields if value)


def title(exemption: Exemption) -> str:
    return f"Exemption for {printable(exemption.team)}: {usd(exemption.extra)} more"


def body(exemption: Exemption, approvers: Sequence[str]) -> str:
    """No mention: a name in it is data, and GitHub notifies whoever is asked for a review."""
    about = exemption.use_case or "any of its use cases"
    who = ", ".join(code(login) for login in approvers) or "nobody yet (exemptions.approvers)"
    ticket = f"\n\nTicket: {code(exemption.ticket)}" if exemption.ticket else ""
    return (
        f"{code(exemption.team)} asks for {usd(exemption.extra)} above its hard stop, for "
        f"{code(about) if exemption.use_case else about}, from {when(exemption.starts_at)} to "
        f"{when(exemption.ends_at)}.\n\nReason: {code(exemption.reason)}{ticket}\n\n"
        f"It counts once this is merged with an approving review by one of: {who} "
        f"(not by {code(exemption.requested_by)}). At its end it is taken back by itself.\n"
    )


def judged_line(exemption: Exemption, agreement: Agreement | None, trouble: str) -> str:
    about = f"{printable(exemption.name, 100)}: {usd(exemption.extra)} for {whom(exemption)}"
    if agreement is None:
        return f"? {about}: {trouble} What is raised stays as it is."
    if not agreement.given:
        return f"✖ {about} is not in force: {agreement.why_not}"
    where = f", pull request {agreement.change.number}" if agreement.change else ""
    approver = printable(agreement.approver)
    return f"✔ {about} until {when(exemption.ends_at)} (agreed by {approver}{where})"


def _value(name: str, value: str) -> str:
    """Amounts, days and times without quotes, as people write them."""
    plainly = name in ("extra", "from", "until") and _FIGURE.fullmatch(value)
    return value if plainly else scalar(value)


def whom(e: Exemption) -> str:
    about = f", {printable(e.use_case)}" if e.use_case else ", any use case"
    return f"{printable(e.team)}{about}"
