"""Hashes, ids and the like beside a provider's name: what a key of nothing but digits and a to f looks like."""

from __future__ import annotations

import re

from ci_tokengate.scan.keys.form import Form
from ci_tokengate.scan.keys.place import Place

_GIVEN = re.compile(
    rb"[\"'`\])]{0,3}\s{0,9}(?:=>?|:=|:[\s\"'`]|\([\"'`])[\s\"'`({\[\\]{0,9}(?:[\w.]{1,30}\()?[\"'`]{0,3}"
)
"""What stands between a name and what it is given: `=`, `: `, `("`."""
KEYISH = re.compile(
    rb"(?<!port)key|token|secret|auth|api|cred|pass|bearer|client|builder|pat\b|login|sdk|\.init\Z",
    re.IGNORECASE,
)
HASHED = re.compile(rb"sha-?\d|md5|hash|digest|checksum|etag", re.IGNORECASE)
_FOLDER = re.compile(rb"[\w.-]{1,99}/\Z")
_REMARK = (b"//", b"#")


def is_remark(form: Form, place: Place) -> bool:
    """A hash behind code: AzureOpenAI(key)  # 0f3c..."""
    return form.hexadecimal and place.left.rstrip().endswith(_REMARK)


def is_hashed(place: Place, own: bytes) -> bool:
    """By the path of its name: checksum/secret."""
    before = place.left.rpartition(own)[0] if own else b""
    if not before.endswith(b"/"):
        return False
    folder = _FOLDER.search(before[-100:])
    return folder is not None and HASHED.search(folder[0]) is not None


def may_be_a_hash(form: Form, place: Place, own: bytes) -> bool:
    """A provider's name alone has to be given the value: azure_openai: "0f3c...", or AzureOpenAI("0f3c...").

    It is not in a row, a path or an image's tag: azure_openai,0f3c... or checksum/together-ai: 0f3c...,
    nor does its line speak of hashes: {"azure_openai": "0f3c..."}  # md5
    """
    if not form.hexadecimal or KEYISH.search(own):
        return False
    before, _, between = place.left.rpartition(own)
    if before.endswith((b"/", b"@")) or not _GIVEN.fullmatch(between):
        return True
    return HASHED.search(place.left[-120:] + place.right[:120]) is not None


def is_in_a_row_of_hashes(form: Form, place: Place, own: bytes) -> bool:
    """Nothing is given the value, and it is said near it what such values are: (("text", "md5"), [...])."""
    if not form.hexadecimal:
        return False
    between = place.left.rpartition(own)[2] if own else place.left
    return not _GIVEN.fullmatch(between) and place.nearest(HASHED) is not None
