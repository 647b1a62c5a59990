from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.remote import repository_of

REMOTES = {
    "https://github.com/acme/shop.git": "acme/shop",
    "https://github.com/acme/shop": "acme/shop",
    "https://github.com/acme/shop/": "acme/shop",
    "https://me:ghp_secret@github.com/acme/shop.git": "acme/shop",
    "https://ghe.acme.example:8443/acme/shop.git": "acme/shop",
    "git@github.com:acme/shop.git": "acme/shop",
    "ssh://git@github.com:22/acme/web_app.js.git": "acme/web_app.js",
    "git@gitlab.com:group/sub/shop.git": "sub/shop",
    "/srv/git/acme/shop.git": "",
    "../shop.git": "",
    "file:///srv/git/shop": "",
    "https://github.com/shop": "",
    "": "",
}


@pytest.mark.parametrize(("remote", "repository"), REMOTES.items())
def test_a_remote_leads_to_its_repository(remote: str, repository: str) -> None:
    assert repository_of(remote) == repository


@given(st.text())
def test_whatever_a_remote_is_the_answer_is_a_repository_or_empty(remote: str) -> None:
    found = repository_of(remote)
    assert found == "" or found.count("/") == 1
    assert "@" not in found
