"""`python -m tests.adapters.ledger.watchers URL`: eight watchers of one ledger, each a process of its own.

Prints the alerts that they were given to tell. Exits 1 if one failed.
"""

from __future__ import annotations

import os
import sys

from tests.adapters.ledger.forked import together
from tests.adapters.ledger.made import At, opened
from tests.render.watch.made import AT, spike


def watcher(url: str) -> None:
    alerts = [spike(number=n) for n in range(40)]
    with opened(url, clock=At(AT)) as ledger:
        book = ledger.alert_book()
        for start in range(0, len(alerts), 5):
            book.put(alerts[start : start + 5], ("slack", "webhook"))
            for sink in ("slack", "webhook"):
                for alert in book.take(sink):
                    book.settle(alert, sink, told=True)
                    os.write(1, f"{sink}:{alert.key.id}\n".encode())  # whole, whoever writes too


def main() -> None:
    url = sys.argv[1]
    sys.exit(0 if together(8, lambda _: watcher(url)) else 1)


if __name__ == "__main__":
    main()
