"""`python -m tests.adapters.ledger.watchers URL`: one watcher of many. Prints the alerts that it was given to tell."""

from __future__ import annotations

import sys

from tests.adapters.ledger.made import At, opened
from tests.render.watch.made import AT, spike


def main() -> None:
    alerts = [spike(number=n) for n in range(40)]
    with opened(sys.argv[1], clock=At(AT)) as ledger:
        book = ledger.alert_book()
        for start in range(0, len(alerts), 5):
            book.put(alerts[start : start + 5], ("slack", "webhook"))
            for sink in ("slack", "webhook"):
                for alert in book.take(sink):
                    book.settle(alert, sink, told=True)
                    print(f"{sink}:{alert.key.id}")


if __name__ == "__main__":
    main()
