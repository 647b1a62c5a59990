"""Whose key it is, where the shape alone does not tell: by the names that stand near it."""

from __future__ import annotations

import re

from ci_tokengate.scan.keys.calls import is_anothers_credential, is_argument
from ci_tokengate.scan.keys.form import Form
from ci_tokengate.scan.keys.hashes import (
    KEYISH,
    is_hashed,
    is_in_a_row_of_hashes,
    is_remark,
    may_be_a_hash,
)
from ci_tokengate.scan.keys.place import Place

_PATH = re.compile(rb"\w/\Z")
"""What comes next is part of a path, not a value."""
_WORD = re.compile(rb"[\w.-]+")
_GENERIC = re.compile(
    rb"(?:my|x|llm|ai|api|access|auth|default|prod|production|dev|staging|app|service|openai|chat|model|models"
    rb"|provider|private|client|secret|bearer|new|old|tmp|the|user|current|primary|raw|plain|string|env|inputs?|var|vars"
    rb"|config|cfg|settings|self|this|options?|opts|params?|args?|headers?|base|custom|with|set|get|builder|http"
    rb"|anthropic|proxy|litellm|os|environ|environment|process|spring|properties|data|request|req|credential|azcore|az)*"
    rb"(?:key|keys|token|secret|authorization|bearer|credentials?|password|value|default|auth|pat|(?:api)?keycredential"
    rb"|secret(?:string|data|text)|(?:convertto)?securestring)",
    re.IGNORECASE,
)
_NO_KEY = re.compile(
    rb"sha\d|sha\Z|md5|hash|digest|checksum|commit|etag|revision|\brev\b|integrity|version|model_?(?:name|id)?\Z"
    rb"|deployment\Z|endpoint\Z|uuid|guid|fingerprint|pub(?:lic)?_?key|test_?vector|key_?id\Z|client_?id|tenant|_id\Z|\bid\Z|\.id\Z"
    rb"|cache|nonce|salt|ref\Z|tag\Z|blob|resolved|artifact|(?:path|file|folder|name|arn|url|uri)\Z",
    re.IGNORECASE,
)
_OWN_SECRET = re.compile(
    rb"(?:(?:APP|DJANGO|FLASK)_)?SECRET_KEY|APP_(?:KEY|SECRET)|(?:AUTH|CLIENT)_SECRET"
)
"""What web frameworks call the secret of the application itself, whatever stands beside it."""
_COMPOUND = re.compile(rb"\w[-_.]\w|[a-z][A-Z]")
_FAULT = re.compile(rb"(?:error|exception)s?\Z", re.IGNORECASE)
"""AuthError and APIError name no key."""
_FILE = re.compile(
    rb"\.(?:[cm]?[jt]sx?|pyc?|go|rs|rb|java|kt|php|cs|c|h|md|txt|html?|s?css|json|ya?ml|toml|csv|sql|sh|svg|png|zip|gz"
    rb"|bin)\Z",
    re.IGNORECASE,
)
"""A list of files gives each its hash: "api-key.ts": "0f3c..."."""


def distance(form: Form, place: Place) -> int | None:
    """How far the provider's name is from the value, 0 for its own name; None where it is not its key."""
    if not form.names:
        return -1
    if place.host:
        return 1 if form.name.search(place.host) else None
    if form.taker and is_argument(form.taker, place):
        return 1
    if is_remark(form, place):
        return None
    own = place.own
    if _is_no_key(form, place, own):
        return None
    if form.name.search(own):
        return 0 if _names_a_key(form, own) and not may_be_a_hash(form, place, own) else None
    if own and _GENERIC.fullmatch(_flat(own)):
        far = _and_one(_nearest(form, place))
    else:
        far = _beside(form, place, own)
    return None if far is not None and is_in_a_row_of_hashes(form, place, own) else far


def _nearest(form: Form, place: Place) -> int | None:
    """Where no line has the name, it may be written over several: azure: and openai: below it."""
    far = place.nearest(form.name, lines=not place.column)
    return 2000 if far is None and form.block and form.block.search(place.path) else far


def _beside(form: Form, place: Place, own: bytes) -> int | None:
    """A value that nothing names, or a word of a sentence: by what stands on its line."""
    left = place.said[-120:]
    if form.hexadecimal and not _names_a_key_in(form, left + place.right):
        return None
    if not own:
        return _and_one(place.nearest(form.name, lines=False))
    if _COMPOUND.search(own) and KEYISH.search(own):
        return None  # it is somebody else's: segment_api_key
    if form.name.search(left) and KEYISH.search(left) and not _assigned(place.left):
        return _and_one(place.nearest(form.name))
    return None


def _is_no_key(form: Form, place: Place, own: bytes) -> bool:
    """By its name a hash, an id, a path; or it is the next part of a path."""
    if _NO_KEY.search(own) or (form.not_name and form.not_name.search(own)):
        return True
    if is_anothers_credential(form, place, own):
        return True
    if form.literal:
        return False
    return bool(
        _OWN_SECRET.fullmatch(own)
        or _PATH.search(place.left)
        or (b"." in own and _FILE.search(own))
        or place.is_checksum
        or is_hashed(place, own)
    )


def _names_a_key(form: Form, own: bytes) -> bool:
    """mistral_api_key, CohereClient, or the bare name, Provider.MISTRAL too; not mistral_model."""
    rest = form.name.sub(b"", own).rpartition(b".")[2]
    return bool(KEYISH.search(own)) or not rest.strip(b"._-ai")


def _names_a_key_in(form: Form, line: bytes) -> bool:
    """Whether one word of it has both: elevenlabs_api_key. Else a hash may stand beside a provider's name."""
    return any(
        form.name.search(word) and KEYISH.search(word) and not _FAULT.search(word)
        for word in _WORD.findall(line)
    )


def _flat(own: bytes) -> bytes:
    """Its letters only, without the short name of what it is a field of: o.ApiKey."""
    return re.sub(rb"\A\w{1,3}\.|[^A-Za-z]", b"", own)


def _assigned(left: bytes) -> bool:
    """Whether the value is given to something, rather than named in a sentence."""
    return left.rstrip(b" \t\"'`\\(").endswith((b"=", b":", b"=>"))


def _and_one(far: int | None) -> int | None:
    return None if far is None else far + 1
