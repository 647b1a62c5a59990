"""Files that are written over: all of them, or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ci_tokengate.adapters.rewrite import Replacement, replace_files
from ci_tokengate.errors import UsageError


def replacement(root: Path, path: str, *, before: bytes = b"old") -> Replacement:
    return Replacement(root=str(root), path=path, before=before, after=b"new")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(b"old")
    return tmp_path


def contents(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.iterdir()}


def test_all_are_written(root: Path) -> None:
    replace_files([replacement(root, name) for name in "abc"])
    assert contents(root) == {"a": b"new", "b": b"new", "c": b"new"}


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_move_that_fails_undoes_the_ones_before_it(root: Path, error: BaseException) -> None:
    def failing(beside: str, target: str) -> None:
        if target.endswith("b"):
            raise error
        os.replace(beside, target)

    with pytest.raises((UsageError, KeyboardInterrupt)) as caught:
        replace_files([replacement(root, name) for name in "abc"], replace=failing)
    if isinstance(caught.value, UsageError):
        said = "b cannot be written (No space left on device). Nothing was written."
        assert caught.value.message == said
    assert contents(root) == {"a": b"old", "b": b"old", "c": b"old"}


def test_a_file_that_was_changed_meanwhile_is_not_written_over(root: Path) -> None:
    wanted = [replacement(root, "a"), replacement(root, "b", before=b"older")]
    with pytest.raises(UsageError, match="b was changed meanwhile"):
        replace_files(wanted)
    assert contents(root) == {"a": b"old", "b": b"old", "c": b"old"}


def test_a_link_out_of_the_root_is_refused(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "f").write_bytes(b"old")
    os.symlink(outside, inside / "folder")
    os.symlink(outside / "f", inside / "link")
    for path in ("folder/f", "link", "../outside/f"):
        with pytest.raises(UsageError, match="leads out of the repository"):
            replace_files([replacement(inside, "f"), replacement(inside, path)])
    assert (outside / "f").read_bytes() == (inside / "f").read_bytes() == b"old"
