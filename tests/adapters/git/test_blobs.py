"""Staged files, read one after the other from one git."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ci_tokengate.adapters.git.blobs import staged_files
from ci_tokengate.errors import UndecidedError
from tests.scan.worlds import Repo

ODD = ("a b.py", "0:a.py", "x missing", "n blob 3", "two\nlines.py", "ü.py", "-c", "deep/er/*.py")


def test_each_staged_file_is_read_as_it_is_staged(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    for name in ODD:
        repo.write(name, f"of {name}\n\n")
    repo.write("empty", b"")
    repo.write("bytes", bytes(range(256)) * 999)
    repo.add()
    repo.write("a b.py", "changed since\n")
    with staged_files(str(tmp_path)) as read:
        assert {name: read(name) for name in ODD} == {n: f"of {n}\n\n".encode() for n in ODD}
        assert read("empty") == b""
        assert read("bytes") == bytes(range(256)) * 999
        assert read("a b.py") == b"of a b.py\n\n"


def test_a_name_that_is_no_utf8_is_read(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.py")
    repo = Repo(tmp_path)
    try:
        (tmp_path / name).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    repo.add()
    with staged_files(str(tmp_path)) as read:
        assert read(name) == b"x"


def test_what_is_no_staged_file_is_none_and_the_next_is_read(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    Repo(inner).git("commit", "--quiet", "--allow-empty", "--message", "x")
    repo = Repo(tmp_path)
    repo.write("dir/a.py", "a\n")
    repo.git("-c", "advice.addEmbeddedRepo=false", "add", "dir", "inner")
    with staged_files(str(tmp_path)) as read:
        for name in ("nowhere.py", "dir", "inner", "", "no\nwhere"):
            assert read(name) is None, name
            assert read("dir/a.py") == b"a\n"


def test_a_git_that_ends_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    with pytest.raises(UndecidedError, match="git ended"), staged_files(str(tmp_path)) as read:
        read("a.py")
