"""Paths that a script builds: of its own folder, of the repository's root, of a variable."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from ci_tokengate.scan.flows.shell.quoting import DOLLAR
from ci_tokengate.scan.flows.values import Value, is_unknown

_ROOT = f"{DOLLAR}GITHUB_WORKSPACE"
"""As `Reach` knows the repository's root; no variable is looked up for it."""
_SELF = r"\$\{?(?:0|BASH_SOURCE(?:\[0\])?)\}?|\$\{\(%\):-%[xN]\}"
_OWN = re.compile(
    r"\$\(\s*cd\s+(?:--\s+|-P\s+)?[\"']?"
    r"(?:\$\(\s*dirname\s+(?:--\s+)?[\"']?(?:"
    + _SELF
    + r")[\"']?\s*\)|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\})"
    r"(?P<below>(?:/[\w.-]+)*)[\"']?\s*(?:>\s*/dev/null\s*(?:2>&1)?\s*)?(?:&&|;)\s*pwd(?:\s+-P)?\s*\)"
    r"|\$\(\s*dirname\s+(?:--\s+)?[\"']?(?:\$\(\s*(?:realpath|readlink\s+-f)\s+(?:--\s+)?[\"']?)?(?:"
    + _SELF
    + r")[\"']?\s*\)?[\"']?\s*\)|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\}"
)
"""The folder of the script that is read, in the ways people write it."""
_TOP = re.compile(r"\$\(\s*git\s+rev-parse\s+--show-toplevel\s*\)")
_HERE = re.compile(r"\A(?:\$\(\s*pwd(?:\s+-P)?\s*\)|\$\{?PWD\}?)(?=/|\Z)")
_MAY_BE = re.compile(r"\$[({0]|\$PWD|\$BASH_S")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)\}?")
_LONGEST = 2_000


def placed(word: str, folder: str, here: str) -> str:
    """The word with such paths as they are from the root. folder: of the script; here: where commands run."""
    if len(word) > _LONGEST or not _MAY_BE.search(word):
        return word
    word = _OWN.sub(
        lambda found: _at(posixpath.join(folder, (found["below"] or "").strip("/"))), word
    )
    word = _TOP.sub(_ROOT, word)
    return _HERE.sub(lambda _: _at(here), word)


def _at(folder: str) -> str:
    folder = posixpath.normpath(folder) if folder else ""
    return f"{_ROOT}/{folder}" if folder not in ("", ".") else _ROOT


def known_path(word: str, env: Mapping[str, Value]) -> str:
    """A path with the variables in it that have one known value."""

    def value(found: re.Match[str]) -> str:
        values = env.get(found[1], ())
        return values[0] if len(values) == 1 and not is_unknown(values[0]) else found[0]

    return _VARIABLE.sub(value, word).replace(DOLLAR, "$") if len(word) <= _LONGEST else word
