from __future__ import annotations

import pytest

from ci_tokengate.core.address import judge
from ci_tokengate.core.check import Status
from ci_tokengate.core.urls import url_with_path
from ci_tokengate.errors import UsageError

GIVEN = {
    "bare": ("https://llm.acme.example", "https://llm.acme.example", None, ""),
    "a slash at its end": ("https://llm.acme.example//", "https://llm.acme.example", None, ""),
    "/v1": ("https://llm.acme.example/v1", "https://llm.acme.example", Status.FAIL, "/v1/v1"),
    "a double slash": ("https://a.example//x", "https://a.example", Status.FAIL, "double slash"),
    "a path": ("https://a.example/llm?x=1", "https://a.example", Status.FAIL, "ends in /llm?…"),
    "another scheme": ("ftp://a.example", "", Status.FAIL, "is not an http(s) URL"),
    "no scheme": ("a.example/v1", "", Status.FAIL, "is not an http(s) URL"),
    "a port that is none": ("http://a:b/v1", "", Status.FAIL, "is not a URL"),
    "a password": ("https://me:hunter22@a.example/v1", "", Status.FAIL, "carries a user"),
    "not encrypted": ("http://a.example", "http://a.example", Status.WARN, "not encrypted"),
    "a private network": ("http://10.0.0.5:4000", "http://10.0.0.5:4000", Status.WARN, "keys"),
    "this machine": ("http://127.0.0.1:4000", "http://127.0.0.1:4000", None, ""),
    "this machine, IPv6": ("http://[::1]:4000", "http://[::1]:4000", None, ""),
    "a service's name": ("http://litellm:4000", "http://litellm:4000", None, ""),
}


@pytest.mark.parametrize(("text", "url", "status", "words"), GIVEN.values(), ids=GIVEN)
def test_what_is_made_of_an_address(text: str, url: str, status: Status | None, words: str) -> None:
    found = judge(text, "proxy-url")
    assert found.url == url
    assert [c.status for c in found.checks] == ([status] if status else [])
    for check in found.checks:
        assert words in check.sentence
        assert check.change
        assert "hunter22" not in check.sentence + check.change


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://control.acme.example/v1/", "https://control.acme.example/v1"),
        (" https://control.acme.example ", "https://control.acme.example"),
        ("http://127.0.0.1:8080/a/b", "http://127.0.0.1:8080/a/b"),
    ],
)
def test_a_control_planes_address_may_have_a_path(text: str, url: str) -> None:
    assert url_with_path(text, "proxy.control-url") == url


@pytest.mark.parametrize(
    "text",
    ["control.acme.example", "ftp://x/y", "https://u:p@x/y", "https://x/y?z=1", "https://[x/", ""],
)
def test_what_is_no_address_of_a_control_plane_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="control-url") as caught:
        url_with_path(text, "proxy.control-url")
    assert "u:p" not in caught.value.message
