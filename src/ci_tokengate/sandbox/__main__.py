"""`python -m ci_tokengate.sandbox [--proxy KIND] [--port N] [--hardened]`: a proxy to play with, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from threading import Event
from typing import Any

from ci_tokengate.sandbox.openrouter import running_openrouter
from ci_tokengate.sandbox.portkey import running_portkey
from ci_tokengate.sandbox.serve import running_sandbox
from ci_tokengate.sandbox.state import Ceilings

_OTHERS: Mapping[str, Callable[..., AbstractContextManager[Any]]] = {
    "portkey": running_portkey,
    "openrouter": running_openrouter,
}
_TEAMS = {"portkey": "payments-squad, search-squad, platform", "openrouter": "default"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ci_tokengate.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument(
        "--hardened", action="store_true", help="with the ceilings an operator should set"
    )
    parser.add_argument("--proxy", choices=list(_OTHERS), help="another than LiteLLM's")
    chosen = parser.parse_args()
    if chosen.proxy:
        with _OTHERS[chosen.proxy](port=chosen.port) as other:
            _tell({"url": other.url, "minter key": other.minter_key, "teams": _TEAMS[chosen.proxy]})
        return
    ceilings = Ceilings() if chosen.hardened else None
    with running_sandbox(port=chosen.port, ceilings=ceilings) as sandbox:
        _tell(
            {
                "url": sandbox.url,
                "admin key": sandbox.admin_key,
                "minter key": sandbox.minter_key,
                "teams": "payments-squad, search-squad, platform",
            }
        )


def _tell(about: Mapping[str, str]) -> None:
    lines = [f"{name:12}{value}" for name, value in about.items()]
    sys.stdout.write("\n".join([*lines, "Ctrl-C ends it.\n"]))
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        Event().wait()


if __name__ == "__main__":
    main()
