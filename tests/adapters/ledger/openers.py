"""`python -m tests.adapters.ledger.openers URL`: sixteen processes open one ledger. Exits 1 if one cannot."""

from __future__ import annotations

import os
import sys
import traceback

from ci_tokengate.adapters.ledger.open import open_ledger
from ci_tokengate.wiring.proxies import clock
from tests.adapters.ledger.made import PROXY, cell, key, total


def opener(url: str, number: int) -> None:
    with open_ledger(url, create_zone="UTC", actors="drop", clock=clock()) as ledger:
        ledger.accept([cell(number)], [key(number)])
        assert ledger.days_read(PROXY) == []


def main() -> None:
    url, children = sys.argv[1], []
    for number in range(16):
        pid = os.fork()
        if pid == 0:
            try:
                opener(url, number)
            except BaseException:  # noqa: BLE001 - a child of a fork must not go on as its parent
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        children.append(pid)
    codes = {os.waitpid(pid, 0)[1] for pid in children}
    with open_ledger(url, create_zone=None, actors="drop", clock=clock()) as ledger:
        sys.exit(0 if codes == {0} and total(ledger) == 16 else 1)


if __name__ == "__main__":
    main()
