"""`python -m tests.adapters.ledger.openers URL`: sixteen processes open one ledger. Exits 1 if one cannot."""

from __future__ import annotations

import sys

from ci_tokengate.adapters.ledger.open import open_ledger
from ci_tokengate.wiring.proxies import clock
from tests.adapters.ledger.forked import together
from tests.adapters.ledger.made import PROXY, cell, key, total


def opener(url: str, number: int) -> None:
    with open_ledger(url, create_zone="UTC", actors="drop", clock=clock()) as ledger:
        ledger.accept([cell(number)], [key(number)])
        assert ledger.days_read(PROXY) == []


def main() -> None:
    url = sys.argv[1]
    well = together(16, lambda number: opener(url, number))
    with open_ledger(url, create_zone=None, actors="drop", clock=clock()) as ledger:
        sys.exit(0 if well and total(ledger) == 16 else 1)


if __name__ == "__main__":
    main()
