"""A file that a workflow names lies in a checkout, and what a pull request has put there is not written through."""

from __future__ import annotations

from pathlib import Path

import pytest

from ci_tokengate.adapters.whole_files import write_named
from ci_tokengate.errors import UsageError


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """What is to stay as it is: a file of the runner's user."""
    (tmp_path / "home").mkdir()
    file = tmp_path / "home" / "authorized_keys"
    file.write_text("mine\n")
    return file


@pytest.mark.parametrize("absolute", [False, True])
def test_a_link_in_place_of_the_file_is_replaced(
    checkout: Path, target: Path, absolute: bool
) -> None:
    link = checkout / "found.sarif"
    link.symlink_to(target)
    write_named(str(link) if absolute else "found.sarif", "{}")
    assert target.read_text() == "mine\n"
    assert not link.is_symlink()
    assert link.read_text() == "{}\n"


def test_a_link_on_the_way_that_leads_out_is_refused(checkout: Path, target: Path) -> None:
    (checkout / "out").symlink_to(target.parent)
    with pytest.raises(UsageError, match="leads out of this folder, by a link"):
        write_named("out/authorized_keys", "{}")
    assert target.read_text() == "mine\n"


def test_a_link_within_the_checkout_is_followed(checkout: Path) -> None:
    (checkout / "real").mkdir()
    (checkout / "out").symlink_to("real")
    write_named("out/found.sarif", "{}")
    assert (checkout / "real" / "found.sarif").read_text() == "{}\n"


def test_a_file_elsewhere_is_the_callers_to_name(checkout: Path, target: Path) -> None:
    write_named(str(target), "é")
    assert target.read_text(encoding="utf-8") == "é\n"


def test_a_folder_that_is_not_there_is_told(checkout: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_named("nowhere/found.sarif", "{}")
