"""The functions whose argument a value is: AddAzureOpenAIChatCompletion("gpt", "https://…", "…")."""

from __future__ import annotations

import re

from ci_tokengate.scan.keys.form import Form
from ci_tokengate.scan.keys.hashes import HASHED
from ci_tokengate.scan.keys.place import Place

_CREDENTIAL = re.compile(rb"credential\Z", re.IGNORECASE)
_QUOTES = (b'"', b"'", b"`")
_REACH = 400
_BRACKET = re.compile(rb"[()]")
_NAME = re.compile(rb"([\w.:]{1,99})(?:<[\w.]{1,99}>)?\s{0,3}\Z")


def calls(data: bytes, start: int) -> list[bytes]:
    """Their names, the innermost first."""
    before = data[max(0, start - _REACH) : start]
    found: list[bytes] = []
    closed = 0
    for bracket in reversed(list(_BRACKET.finditer(before))):
        if bracket[0] == b")":
            closed += 1
        elif closed:
            closed -= 1
        elif name := _NAME.search(before[max(0, bracket.start() - 210) : bracket.start()]):
            found.append(name[1])
    return found


def is_argument(taker: re.Pattern[bytes], place: Place) -> bool:
    """A quoted text among the arguments of what takes a key: AddAzureOpenAIChatCompletion("gpt", url, "0f3c...")."""
    quote, before = place.left[-1:], place.left[:-1].rstrip()
    if quote not in _QUOTES or place.right[:1] != quote or before[-1:] not in (b"", b",", b"("):
        return False
    if HASHED.search(place.left[-120:] + place.right[:120]):
        return False
    return any(taker.search(name) for name in calls(place.data, place.start)[:1])


def is_anothers_credential(form: Form, place: Place, own: bytes) -> bool:
    """SearchClient(endpoint, AzureKeyCredential("...")): of the same vendor, and not for this service."""
    if not form.not_name or not _CREDENTIAL.search(own):
        return False
    return any(form.not_name.search(name) for name in calls(place.data, place.start))
