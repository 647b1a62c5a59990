"""`python -m ci_tokengate.sandbox [--port N] [--hardened]`: a proxy to play with, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import sys
from threading import Event

from ci_tokengate.sandbox.serve import running_sandbox
from ci_tokengate.sandbox.state import Ceilings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ci_tokengate.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument(
        "--hardened", action="store_true", help="with the ceilings an operator should set"
    )
    chosen = parser.parse_args()
    ceilings = Ceilings() if chosen.hardened else None
    with running_sandbox(port=chosen.port, ceilings=ceilings) as sandbox:
        sys.stdout.write(
            f"url         {sandbox.url}\n"
            f"admin key   {sandbox.admin_key}\n"
            f"minter key  {sandbox.minter_key}\n"
            "teams       payments-squad, search-squad, platform\n"
            "Ctrl-C ends it.\n"
        )
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            Event().wait()


if __name__ == "__main__":
    main()
