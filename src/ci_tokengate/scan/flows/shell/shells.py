"""`bash -c` and `env`: what they start, and with which variables."""

from __future__ import annotations

import re

from ci_tokengate.scan.flows.shell.started import Started, skipped, value_of

SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ash", "fish", "pwsh", "powershell"})
ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=", re.ASCII)
_OF_ENV = ("-u", "--unset", "-C", "--chdir", "-S")


def by_env(found: Started, args: tuple[str, ...]) -> Started:
    split = value_of(args, ("-S", "--split-string"))
    if split:
        after = args[args.index(split) + 1 :] if split in args else ()
        return found._replace(args=(*split.split(), *after))
    unset = list(found.unset)
    for nth, arg in enumerate(args):
        if arg in ("-u", "--unset") and nth + 1 < len(args):
            unset.append(args[nth + 1])
        elif arg.startswith("--unset="):
            unset.append(arg[8:])
        elif not arg.startswith("-") and not ASSIGNMENT.match(arg):
            if nth and args[nth - 1] in ("-u", "--unset", "-C"):
                continue
            break
    clean = args[:1] in (("-i",), ("-",), ("--ignore-environment",))
    rest = skipped(args[1:] if args[:1] == ("-",) else args, _OF_ENV)
    return found._replace(args=tuple(rest), unset=tuple(unset), clean=found.clean or clean)


def by_shell(found: Started, args: tuple[str, ...]) -> Started | None:
    for nth, arg in enumerate(args):
        if not arg.startswith("-"):
            break
        is_script = arg.lower() in ("-command", "--command") or (
            not arg.startswith("--") and arg.endswith("c")
        )
        if is_script and nth + 1 < len(args):
            return found.runs(args[nth + 1])
    return None
