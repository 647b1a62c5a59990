"""Where exports go: whole or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from ci_tokengate.adapters.exports.place import Place
from ci_tokengate.errors import UndecidedError, UsageError

NAME = "billing_period=2026-10/focus.csv"


def saying(text: str) -> Any:
    def fill(file: BinaryIO) -> None:
        file.write(text.encode())

    return fill


def breaking(file: BinaryIO) -> None:
    file.write(b"half of it")
    raise UndecidedError("The ledger is gone.")


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_a_file_replaces_the_one_before_and_nothing_else_is_left(tmp_path: Path) -> None:
    place = Place(str(tmp_path / "lake"))
    for text in ("one", "two"):
        assert place.replace(NAME, saying(text)) == f"{tmp_path}/lake/{NAME}"
    assert names(tmp_path) == [f"lake/{NAME}"]
    assert (tmp_path / "lake" / NAME).read_text() == "two"


def test_what_others_may_read_is_what_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        Place(str(tmp_path)).replace("a.csv", saying("x"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o640


def test_what_a_killed_writer_left_goes_with_the_next_writing_and_what_is_young_or_anothers_stays(
    tmp_path: Path,
) -> None:
    dead, young, other, ours = (
        tmp_path / name
        for name in (
            ".a.csv.0123abcd.part",
            ".a.csv.89abcdef.part",
            ".b.csv.0123abcd.part",
            ".a.csv",
        )
    )
    for path in (dead, young, other, ours):
        path.write_text("half")
    long_ago = young.stat().st_mtime - 3700
    for path in (dead, other, ours):
        os.utime(path, (long_ago, long_ago))
    Place(str(tmp_path)).replace("a.csv", saying("whole"))
    assert set(names(tmp_path)) == {p.name for p in (young, other, ours)} | {"a.csv"}


class Breaking(MemoryFileSystem):  # type: ignore[misc]
    """No object store, and its connection breaks when the file is to be moved."""

    protocol = "breaking"

    def mv(self, path1: str, path2: str, **_: object) -> None:
        raise OSError(f"{path1} cannot be moved to {path2}")


def test_of_a_store_that_moves_nothing_nothing_is_left_either() -> None:
    fsspec.register_implementation("breaking", Breaking, clobber=True)
    with pytest.raises(UndecidedError, match="did not succeed"):
        Place("breaking://lake").replace("a.csv", saying("x"))
    assert fsspec.filesystem("breaking").find("/") == []


def test_the_file_before_stands_where_writing_breaks_off(tmp_path: Path) -> None:
    place = Place(str(tmp_path))
    place.replace(NAME, saying("before"))
    with pytest.raises(UndecidedError, match="The ledger is gone"):
        place.replace(NAME, breaking)
    assert names(tmp_path) == [NAME]
    assert (tmp_path / NAME).read_text() == "before"


def test_the_file_before_stands_where_the_process_is_killed(tmp_path: Path) -> None:
    Place(str(tmp_path)).replace(NAME, saying("before"))
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path), NAME], capture_output=True, check=False
    )
    assert killed.returncode == -9
    assert (tmp_path / NAME).read_text() == "before"
    [left] = [n for n in names(tmp_path) if n != NAME]
    assert left.endswith(".part")
    assert Path(left).name.startswith(".")


_KILLED = """
import os, sys
from ci_tokengate.adapters.exports.place import Place
def fill(file):
    file.write(b"half of it" * 100000)
    os.kill(os.getpid(), 9)
Place(sys.argv[1]).replace(sys.argv[2], fill)
"""


def test_a_place_that_is_a_file_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("")
    with pytest.raises(UsageError, match="cannot be written to"):
        Place(str(tmp_path / "lake")).replace(NAME, saying("x"))


def test_a_full_disk_is_undecided(tmp_path: Path) -> None:
    def full(file: BinaryIO) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(UndecidedError, match="No space left on device"):
        Place(str(tmp_path)).replace(NAME, full)
    assert names(tmp_path) == []


def test_any_file_system_of_fsspec_does() -> None:
    place = Place("memory://lake/focus/")
    place.replace(NAME, saying("one"))
    place.replace(NAME, saying("two"))
    found = fsspec.filesystem("memory")
    assert found.cat(f"/lake/focus/{NAME}") == b"two"
    assert [Path(p).name for p in found.find("/lake")] == ["focus.csv"]
    found.rm("/lake", recursive=True)


def test_where_a_put_can_be_seen_before_it_ends_the_file_is_moved_into_place(
    tmp_path: Path,
) -> None:
    """`dir::` is a file system that is neither this machine's own nor an object store."""
    place = Place(f"dir::file://{tmp_path}/")
    place.replace(NAME, saying("one"))
    place.replace(NAME, saying("two"))
    [found] = names(tmp_path)
    assert found.endswith(NAME)
    assert (tmp_path / found).read_text() == "two"


def test_s3_gets_one_put_and_only_when_all_is_written(s3: Any) -> None:
    place = Place("s3://lake/focus")
    assert place.replace(NAME, saying("one")) == f"s3://lake/focus/{NAME}"
    with pytest.raises(UndecidedError):
        place.replace(NAME, breaking)
    assert s3.find("lake") == [f"lake/focus/{NAME}"]
    assert s3.cat(f"lake/focus/{NAME}") == b"one"
    place.replace(NAME, saying("two"))
    assert s3.cat(f"lake/focus/{NAME}") == b"two"


def test_a_bucket_that_is_not_there_is_a_mistake_of_the_command(s3: Any) -> None:
    with pytest.raises(UsageError, match="s3://pond/focus cannot be written to"):
        Place("s3://pond/focus").replace(NAME, saying("x"))
    assert not s3.exists("pond")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("s5://lake", "no place that an export can go to"),
        ("gs://lake", "needs a package that is not installed"),
    ],
)
def test_an_url_that_nothing_answers_to_is_told(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Place(url)


def test_a_password_in_an_url_is_not_shown() -> None:
    with pytest.raises(UsageError) as told:
        Place("s5://me:hunter2@lake/x?token=hunter2")
    assert "hunter2" not in told.value.message + told.value.hint
