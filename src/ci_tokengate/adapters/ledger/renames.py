"""A repository's new name, in all that has its old one."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from ci_tokengate.adapters.ledger.inserts import put_newer
from ci_tokengate.adapters.ledger.puts import put_pulls_read
from ci_tokengate.adapters.ledger.tables import (
    CORRECTIONS,
    ENTRIES,
    KEYS,
    MARKS,
    PULLS,
    PULLS_READ,
)
from ci_tokengate.core.ledger.records import PullsRead


def rename(connection: Connection, old: str, new: str) -> None:
    """All days that its keys have spent on are added up anew. Of one pull request the newer is kept."""
    its = KEYS.c.repository == old
    numbers = select(KEYS.c.key_no).where(its)
    for day in (
        select(ENTRIES.c.local_day).where(ENTRIES.c.key_no.in_(numbers)).distinct(),
        select(CORRECTIONS.c.booked_on).where(CORRECTIONS.c.key_no.in_(numbers)).distinct(),
    ):
        connection.execute(insert(MARKS).from_select(["local_day"], day))
    connection.execute(update(KEYS).where(its).values(repository=new))
    pulls = connection.execute(select(PULLS).where(PULLS.c.repository == old)).all()
    moved = [{**row._mapping, "repository": new} for row in pulls]
    put_newer(connection, PULLS, moved, by="updated_at")
    connection.execute(PULLS.delete().where(PULLS.c.repository == old))
    for row in connection.execute(select(PULLS_READ).where(PULLS_READ.c.repository == old)).all():
        read = PullsRead(host=row.host, repository=new, since=row.since, until=row.until)
        put_pulls_read(connection, read)
    connection.execute(PULLS_READ.delete().where(PULLS_READ.c.repository == old))
