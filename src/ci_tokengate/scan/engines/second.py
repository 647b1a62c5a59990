"""Google's RE2: one pass says which signs there are; the standard library then says where."""

from __future__ import annotations

import re

import re2

from ci_tokengate.scan.engines.literal import PROBES, hits
from ci_tokengate.scan.keys.probes import NAMES, mentions
from ci_tokengate.scan.keys.signs import Signs

_MENTION = len(PROBES)


class Re2:
    """Implements Engine."""

    name = "re2"

    def __init__(self) -> None:
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        for literal, run in PROBES:
            follows = b"[A-Za-z0-9+/=_-]{%d}" % run if run else b""
            self._set.Add(re.escape(literal) + follows)
        self._set.Add(b"(?i)" + b"|".join(re.escape(name) for name in NAMES))
        self._set.Compile()

    def signs(self, data: bytes) -> Signs:
        seen = self._set.Match(data) or ()
        where = hits(data, (i for i in seen if i < _MENTION))
        return Signs(where, mentions(data.lower()) if _MENTION in seen else [])
