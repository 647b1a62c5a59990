"""`redact` leaves no form of a secret, wherever in a text it stands."""

from __future__ import annotations

import base64
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.redact import redact
from tests.canaries.leaks import leaks

KEYS = st.text(
    alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+/=:~%",
    min_size=12,
    max_size=60,
).map(lambda tail: f"sk-{tail}")
NEIGHBOURS = st.text(max_size=8)


def _texts(secret: str, before: str, after: str) -> list[str]:
    whole = f"{before}{secret}{after}".encode()
    return [
        whole.decode(),
        base64.b64encode(whole).decode(),
        base64.urlsafe_b64encode(whole).decode(),
        whole.hex(),
        whole.hex().upper(),
        quote(whole.decode(), safe=""),
        quote(whole.decode()),
        repr(whole.decode()),
    ]


@given(KEYS, NEIGHBOURS, NEIGHBOURS)
def test_no_form_of_a_secret_is_left(secret: str, before: str, after: str) -> None:
    for text in _texts(secret, before, after):
        assert leaks(redact(text, [secret]), [secret]) == []


@given(st.lists(KEYS, min_size=1, max_size=3), NEIGHBOURS)
def test_of_several_secrets_none_is_left(secrets: list[str], between: str) -> None:
    text = redact(between.join(secrets), secrets)
    assert leaks(text, secrets) == []


@given(st.text(), st.lists(st.text(max_size=7), max_size=3))
def test_what_is_too_short_to_be_a_secret_changes_nothing(text: str, words: list[str]) -> None:
    assert redact(text, words) == text


@given(st.text(), KEYS)
def test_a_text_without_the_secret_stays_as_it_is(text: str, secret: str) -> None:
    if not leaks(text, [secret]):
        assert redact(text, [secret]) == text


@given(st.binary(min_size=8, max_size=40))
def test_a_secret_of_any_bytes_can_be_taken_out(raw: bytes) -> None:
    """A variable of the environment need not be text; Python smuggles such bytes through."""
    secret = raw.decode("utf-8", "surrogateescape")
    if len(secret) >= 8 and set(secret) - {"*"}:
        assert secret not in redact(f"<{secret}>", [secret])
