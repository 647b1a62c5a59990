"""What was found and who was told, in the ledger: it outlives the machine, and serves many watchers at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from ci_tokengate.adapters.alert_form import alert_from, alert_text
from ci_tokengate.adapters.ledger.inserts import add_missing
from ci_tokengate.adapters.ledger.session import Session
from ci_tokengate.adapters.ledger.tables import ALERTS, TELLINGS
from ci_tokengate.core.ledger.apportion import quantised
from ci_tokengate.core.watch.alert import Alert, AlertKey, Raised, TierAlert
from ci_tokengate.core.watch.incident import NEWS_FOR

TAKEN_FOR = timedelta(minutes=10)
"""Longer than a run takes; whoever took an alert and died has it given to another after that."""
_REMEMBERED = timedelta(days=800)
_KEY = ("proxy", "team_id", "kind", "period")


class SqlAlertBook:
    """Implements ports.watch.AlertBook."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def raised(self) -> list[Raised]:
        a, since = ALERTS.c, self._session.clock.now() - _REMEMBERED
        query = select(*(a[n] for n in _KEY), a.raised_at).where(a.raised_at > since)

        def work(connection: Connection) -> list[Raised]:
            rows = connection.execute(query)
            return [Raised(key=AlertKey(**dict(zip(_KEY, r, strict=False))), at=r[4]) for r in rows]

        return self._session.read(work)

    def put(self, alerts: Sequence[Alert], sinks: Sequence[str]) -> None:
        """Whoever is second finds it there."""

        def work(connection: Connection) -> None:
            for alert in sorted(alerts, key=lambda a: a.key):
                number = _number(connection, alert.key)
                if number is None:
                    add_missing(connection, ALERTS, [_row(alert)], names=[*_KEY])
                    number = _number(connection, alert.key)
                rows = [{"alert_no": number, "sink": sink} for sink in sinks]
                add_missing(connection, TELLINGS, rows, names=["alert_no", "sink"])

        if alerts:
            self._session.write(work)

    def take(self, sink: str) -> list[Alert]:
        now = self._session.clock.now()
        a, t = ALERTS.c, TELLINGS.c
        free = and_(
            t.sink == sink,
            t.told_at.is_(None),
            or_(t.taken_at.is_(None), t.taken_at < now - TAKEN_FOR),
        )
        joined = ALERTS.join(TELLINGS, a.alert_no == t.alert_no)
        query = select(a.alert_no, a.body).select_from(joined)
        query = query.where(free, a.raised_at > now - NEWS_FOR).order_by(a.raised_at, a.alert_no)

        def work(connection: Connection) -> list[Alert]:
            found = []
            for number, body in connection.execute(query).all():
                mine = update(TELLINGS).where(t.alert_no == number, free).values(taken_at=now)
                alert = alert_from(body)
                if connection.execute(mine).rowcount == 1 and alert is not None:
                    found.append(alert)
            return found

        return self._session.write(work)

    def settle(self, alert: Alert, sink: str, *, told: bool) -> None:
        now, t = self._session.clock.now(), TELLINGS.c
        outcome: dict[str, Any] = {"told_at": now} if told else {"taken_at": None}

        def work(connection: Connection) -> None:
            number = _number(connection, alert.key)
            its = and_(t.alert_no == number, t.sink == sink)
            connection.execute(update(TELLINGS).where(its).values(**outcome))

        self._session.write(work)


def _number(connection: Connection, key: AlertKey) -> int | None:
    its = and_(*(ALERTS.c[name] == getattr(key, name) for name in _KEY))
    found: int | None = connection.scalar(select(ALERTS.c.alert_no).where(its))
    return found


def _row(alert: Alert) -> dict[str, Any]:
    if isinstance(alert, TierAlert):
        spend, plan = alert.spend, quantised(alert.plan)
    else:
        spend, plan = alert.today, None
    return {
        **{name: getattr(alert.key, name) for name in _KEY},
        "raised_at": alert.at,
        "spend": quantised(spend),
        "plan": plan,
        "body": alert_text(alert),
    }
