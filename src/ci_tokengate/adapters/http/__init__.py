"""HTTP as all adapters speak it: within a deadline, bounded, exact, without redirects."""

from ci_tokengate.adapters.http.answers import Answer
from ci_tokengate.adapters.http.client import PER_CALL, JsonClient, NeverSentError, NoAnswerError
from ci_tokengate.adapters.http.deadline import Deadline

__all__ = ["PER_CALL", "Answer", "Deadline", "JsonClient", "NeverSentError", "NoAnswerError"]
