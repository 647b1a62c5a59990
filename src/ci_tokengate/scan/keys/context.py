"""Whose key it is, where the shape alone does not tell: by the names that stand near it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from ci_tokengate.scan.keys.blocks import above, below, left_of, right_of
from ci_tokengate.scan.keys.form import Form

_REACH = 500
_FURTHER = 800
_ABOVE, _BELOW = 6, 4
_JUNK = b" \t\r\"'`\\()[]{}<>=:,|&@!~+*$^%;?#"
_ESCAPES = re.compile(rb"\\[nrt]|\\u00[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2}|(?:\x1b|\\033)\[[0-9;]{0,12}m")
_SCHEME = re.compile(
    rb"(?:^|[^\w.-])((?:bearer|token|basic|apikey)[ \t+]+[\"'`]?)\Z", re.IGNORECASE
)
_WRAPPERS = re.compile(
    rb"(?:^|[^\w.-])((?:SecretStr|Secret|String|string|str|Some|bytes|char|byte|quote|text|Option|Final|const"
    rb"|\{\s*get;\s*(?:private )?(?:set|init);?|static|is|was|[Aa]s|the|[bfrnu]|return|echo|printf(?:[\s\"'`]*%s(?:\\n)?)?|-[nu]|to_owned|from|new|Optional|None|provided)[\s\"'`(<\[\]{}>=:;]*)\Z"
)
"""Types, constructors and small words between a name and its value."""
_PAIR = re.compile(
    rb"(?:name|key|property|variable)[\"']?\s{0,9}[=:]\s{0,9}[\"']?([\w.\-]{1,99})[\"']?[\s,;]{1,9}"
    rb"[\"']?(?:value|content|default)[\"']?\s{0,9}[=:]\s{0,9}[\"']?(?:bearer |token )?\Z",
    re.IGNORECASE,
)
"""A name and its value as two attributes: <meta name="..." content="...">."""
_LOGIN = re.compile(rb"\s(?:-u|--user)[\s=]{0,3}[\"']?(?:[\w.@-]{1,60}:)?\Z")
"""curl -u key: and curl --user name:key."""
_USER = re.compile(rb"://[^/\s@]*\Z")
_HOST = re.compile(rb"@([\w.\-]{1,255})")
_OPENERS = (b"(", b"[", b"{", b"=", b":", b">", b"|")
"""How a line ends whose value is on the next one."""
_FLAG = re.compile(rb"(?:\A|[\s\[(,])[\"']--?[\w.-]{1,99}[\"'],\Z")
"""An option in a list of arguments; its value is the next item."""
_CHECKSUM = re.compile(rb"(?: [ *]|\t)[\w./]")
"""What follows a checksum at the begin of a line: md5sum's two spaces or its star, and a file's name."""
_BRACKETS = b" \t\r[]{}(),;"
_IDENTIFIER = re.compile(rb"[\w.\-]+\Z")
_GENERIC = re.compile(
    rb"(?:my|x|llm|ai|api|access|auth|default|prod|production|dev|staging|app|service|openai|chat|model|models"
    rb"|provider|private|client|secret|bearer|new|old|tmp|the|user|current|primary|raw|plain|string|env|inputs?|var|vars"
    rb"|config|cfg|settings|self|this|options?|opts|params?|args?|headers?|base|custom|with|set|get|builder|http"
    rb"|anthropic|proxy|litellm|os|environ|environment|process|spring|properties|data|request|req|credential)*"
    rb"(?:key|keys|token|secret|authorization|bearer|credentials?|password|value|default|auth|pat|apikeycredential"
    rb"|secret(?:string|data|text)|(?:convertto)?securestring)",
    re.IGNORECASE,
)
_KEYISH = re.compile(
    rb"(?<!port)key|token|secret|auth|api|cred|pass|bearer|client|builder|pat\b|login|sdk|\.init\Z",
    re.IGNORECASE,
)
_NO_KEY = re.compile(
    rb"sha\d|sha\Z|md5|hash|digest|checksum|commit|etag|revision|\brev\b|integrity|version|model_?(?:name|id)?\Z"
    rb"|deployment\Z|endpoint\Z|uuid|guid|fingerprint|public_?key|key_?id\Z|client_?id|tenant|_id\Z|\bid\Z|\.id\Z"
    rb"|cache|nonce|salt|ref\Z|tag\Z|blob|resolved|artifact|(?:path|file|folder|name|arn|url|uri)\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a value stands: what is left of it on its line, and the lines around it."""

    data: bytes
    start: int
    end: int

    @cached_property
    def left(self) -> bytes:
        floor = max(0, self.start - _REACH)
        return self.data[max(floor, self.data.rfind(b"\n", floor, self.start) + 1) : self.start]

    @cached_property
    def line_end(self) -> int:
        stop = self.data.find(b"\n", self.end, self.end + _REACH)
        return stop if stop >= 0 else min(len(self.data), self.end + _REACH)

    @cached_property
    def own(self) -> bytes:
        """The name that the value is given to: a variable, a field, a header, a function.

        Where the value has a line of its own, it stands at the end of the line before.
        """
        if pair := _PAIR.search(self.left[-200:]):
            return pair[1]
        if _LOGIN.search(self.left[-80:]):
            return b"password"
        left = _peeled(self.left)
        if not left.strip(_JUNK + b"-"):
            left = _peeled(self._opening)
        found = _IDENTIFIER.search(left[-100:])
        return found[0].lstrip(b"-.") if found else b""

    @cached_property
    def host(self) -> bytes:
        """Of a URL in which the value is the user or the password."""
        found = _HOST.match(self.data, self.end)
        return found[1] if found and _USER.search(self.left) else b""

    @property
    def _opening(self) -> bytes:
        """The line before, if it leaves its value to the next one."""
        top = self.start - len(self.left)
        above = self.data[max(0, top - _REACH) : top].rstrip().rstrip(b"-+")
        line = above[above.rfind(b"\n") + 1 :]
        return line if line.endswith(_OPENERS) or _FLAG.search(line) else b""

    @property
    def in_a_list_of_checksums(self) -> bool:
        return not self.left.strip() and _CHECKSUM.match(self.data, self.end) is not None

    def nearest(self, names: re.Pattern[bytes], *, lines: bool = True) -> int | None:
        """How far away one of the names is; on another line, 1000 a line, if `lines` count."""
        left = left_of(self.left)
        before = [m.end() for m in names.finditer(left)]
        if before:
            return len(left) - before[-1]
        if found := names.search(right_of(self.data[self.end : self.line_end])):
            return found.start()
        return self._on_other_lines(names) if lines else None

    def _on_other_lines(self, names: re.Pattern[bytes]) -> int | None:
        top = self.start - len(self.left)
        up = self.data[max(0, top - _FURTHER) : top].split(b"\n")[-2::-1]
        down = self.data[self.line_end + 1 : self.line_end + _REACH].split(b"\n")
        down = down[: _after_some(down, _BELOW)]
        far = [1000 * n + 1000 for n in _counting(above, self.left, up, names)]
        far += [1000 * n + 1500 for n in _counting(below, self.left, down, names)]
        return min(far, default=None)


def _after_some(lines: Sequence[bytes], most: int) -> int:
    """How many lines hold so many with more than brackets."""
    said = 0
    for n, line in enumerate(lines):
        said += bool(line.strip(_BRACKETS))
        if said > most:
            return n
    return len(lines)


def _counting(
    which: Callable[[bytes, Sequence[bytes], re.Pattern[bytes]], Iterator[int]],
    own: bytes,
    lines: Sequence[bytes],
    names: re.Pattern[bytes],
) -> Iterator[int]:
    """Which of the few nearest lines that speak of the value have one of the names."""
    counted = islice((n for n in which(own, lines, names) if lines[n].strip(_BRACKETS)), _ABOVE)
    return (n for n in counted if names.search(left_of(lines[n])))


def distance(form: Form, place: Place) -> int | None:
    """How far the provider's name is from the value, 0 for its own name; None where it is not its key."""
    if not form.names:
        return -1
    if place.host:
        return 1 if form.name.search(place.host) else None
    own = place.own
    if _NO_KEY.search(own) or (form.not_name and form.not_name.search(own)):
        return None
    if form.name.search(own):
        return 0 if _names_a_key(form, own) and not _column(form, place, own) else None
    if not own:
        listed = place.in_a_list_of_checksums
        return None if listed else _and_one(place.nearest(form.name, lines=False))
    if _GENERIC.fullmatch(_flat(own)):
        return _and_one(place.nearest(form.name))
    left = place.left[-120:]
    if form.name.search(left) and _KEYISH.search(left) and not _assigned(place.left):
        return _and_one(place.nearest(form.name))
    return None


def _peeled(left: bytes) -> bytes:
    """Without what may stand between a name and its value."""
    left = _ESCAPES.sub(b" ", left)
    for _ in range(6):
        between = _SCHEME.search(left[-24:]) or _WRAPPERS.search(left[-24:])
        if not between:
            break
        left = left[: len(left) - len(between[1])].rstrip(_JUNK)
    return left.rstrip(_JUNK)


def _names_a_key(form: Form, own: bytes) -> bool:
    """mistral_api_key, CohereClient, or the bare name; not mistral_model."""
    rest = form.name.sub(b"", own)
    return bool(_KEYISH.search(own)) or not rest.strip(b"._-ai")


def _column(form: Form, place: Place, own: bytes) -> bool:
    """A hash beside a provider's name in a table: azure_openai,0f3c..., with no word of a key."""
    return form.hexadecimal and place.left.endswith(b",") and not _KEYISH.search(own)


def _flat(own: bytes) -> bytes:
    return re.sub(rb"[^A-Za-z]", b"", own)


def _assigned(left: bytes) -> bool:
    """Whether the value is given to something, rather than named in a sentence."""
    return left.rstrip(b" \t\"'`\\(").endswith((b"=", b":", b"=>"))


def _and_one(far: int | None) -> int | None:
    return None if far is None else far + 1
