"""Pull requests of the repositories that keys were minted for, under their names of today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ci_tokengate.core.ledger.collected import RepositoryRead
from ci_tokengate.core.ledger.owners import Owner, owners_of, weights
from ci_tokengate.core.ledger.records import PullRecord, PullsRead
from ci_tokengate.errors import UsageError
from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.ports.pulls import PullHistory

_AT_ONCE = 200


def collect_pulls(
    history: PullHistory,
    ledger: Ledger,
    repositories: Iterable[str],
    owners: Sequence[Owner],
    *,
    since: datetime,
    now: datetime,
) -> Iterator[RepositoryRead]:
    """Each repository once, whatever names its keys have. What a token may not read is told.

    All since `since` where no reading went back as far; else those since the newest that is there.
    Raises UndecidedError: then others fail as well.
    """
    done: set[str] = set()
    for asked in repositories:
        try:
            name = history.name_of(asked)
            if name is None:
                yield RepositoryRead(asked=asked, name="")
                continue
            if name != asked:
                ledger.rename_repository(asked, name)
            pulls = 0
            if name not in done:
                done.add(name)
                pulls = _read(history, ledger, name, owners_of(name, owners), since, now)
            yield RepositoryRead(asked=asked, name=name, pulls=pulls)
        except UsageError as error:
            yield RepositoryRead(asked=asked, name=asked, trouble=error)


def _read(
    history: PullHistory,
    ledger: Ledger,
    name: str,
    owners: Sequence[Owner],
    since: datetime,
    now: datetime,
) -> int:
    """The oldest is written first: whoever is ended in between goes on where this ends.

    A reading that goes back further is noted when it is whole: one that is ended begins anew.
    """
    begun = {r.repository: r.since for r in ledger.pulls_read() if r.host == history.host}.get(name)
    further = begun is None or since < begun
    begin = since if further else ledger.pulls_until(history.host, name) or begun
    found = list(history.pulls_since(name, begin))
    if begun is None:
        ledger.put_pulls_read(PullsRead(host=history.host, repository=name, since=since))
    found.reverse()
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        ledger.put_pulls([_owned(history, pull, owners) for pull in some])
    ledger.put_pulls_read(PullsRead(host=history.host, repository=name, since=since, until=now))
    return len(found)


def _owned(history: PullHistory, pull: PullRecord, owners: Sequence[Owner]) -> PullRecord:
    if not owners:
        return pull
    files = history.changed_files(pull.repository, pull.number)
    return replace(pull, owners=weights(files, owners))
