"""HTTP as all adapters speak it: within a deadline, bounded, exact, without redirects."""

import sys

# httpx brings its own command line along, and with it click, Rich and Pygments where they are: a sixth of a start.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

from ci_tokengate.adapters.http.answers import Answer  # noqa: E402
from ci_tokengate.adapters.http.client import (  # noqa: E402
    PER_CALL,
    JsonClient,
    NeverSentError,
    NoAnswerError,
)
from ci_tokengate.adapters.http.deadline import Deadline  # noqa: E402

__all__ = ["PER_CALL", "Answer", "Deadline", "JsonClient", "NeverSentError", "NoAnswerError"]
