"""What git's settings, its attributes and odd files cannot hide from a scan of changes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ci_tokengate.commands.scan import Wanted, scan
from ci_tokengate.scan.text import LeftOut, Text
from ci_tokengate.wiring.engines import choose
from tests.scan.test_command import found, key, left_out
from tests.scan.test_hook import HOOK, run_hook
from tests.scan.worlds import Repo

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    folder = tmp_path / "repo"
    folder.mkdir()
    made = Repo(folder)
    made.write("a.py", "a = 1\n\nb = 2\n\nc = 3\n")
    made.commit()
    return made


SETTINGS = {
    "diff.suppressBlankEmpty": "true",
    "diff.noPrefix": "true",
    "diff.mnemonicPrefix": "true",
    "diff.relative": "true",
    "diff.context": "0",
    "diff.submodule": "diff",
    "diff.external": "true",
    "color.ui": "always",
    "log.showRoot": "false",
    "log.showSignature": "true",
    "core.quotePath": "false",
}


def test_no_setting_of_git_changes_what_is_found(repo: Repo) -> None:
    for name, value in SETTINGS.items():
        repo.git("config", name, value)
    repo.write("a.py", f"a = 1\n\nb = 2\n\nc = 3\nKEY = '{key()}'\n")
    repo.write("süb/z.py", f"KEY = '{key(seed=2)}'\n")
    repo.add()
    expected = [("TG001", "a.py", 6), ("TG001", "süb/z.py", 1)]
    assert found(repo.root, "--staged") == expected
    assert found(repo.root, "--diff", "HEAD") == expected
    assert found(repo.root / "süb", "--staged") == expected
    repo.git("commit", "--quiet", "--no-verify", "--no-gpg-sign", "--message", "x")
    assert found(repo.root, "--history") == expected


def test_the_first_commit_of_a_history_counts(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    repo.git("config", "log.showRoot", "false")
    repo.write("a.py", f"KEY = '{key()}'\n")
    repo.commit()
    assert found(repo.root, "--history") == [("TG001", "a.py", 1)]


def test_text_that_git_calls_binary_is_read_for_what_was_added(repo: Repo) -> None:
    """UTF-16 as PowerShell writes it, and whatever .gitattributes keeps out of diffs."""
    repo.write(".gitattributes", "*.json -diff\n*.lock binary\n")
    old = f'{{"a": "{key(seed=1)}"}}\n'
    repo.write("p.json", old)
    repo.write("ps.env", f"A={key(seed=1)}\r\n".encode("utf-16"))
    repo.commit()
    repo.write("p.json", f'{old}{{"b": "{key(seed=2)}"}}\n')
    repo.write("ps.env", f"A={key(seed=1)}\r\nB={key(seed=2)}\r\n".encode("utf-16"))
    repo.write("a and b/c and b.lock", f"KEY={key(seed=2)}\n")
    repo.add()
    expected = [
        ("TG001", "a and b/c and b.lock", 1),
        ("TG001", "p.json", 2),
        ("TG001", "ps.env", 2),
    ]
    assert found(repo.root, "--staged") == expected
    assert found(repo.root, "--diff", "HEAD") == expected
    assert run_hook(repo).returncode == 1
    repo.commit()
    assert [path for _, path, _ in found(repo.root, "--history")] == [
        "a and b/c and b.lock",
        "p.json",
        "p.json",
    ]
    assert left_out(repo.root, "--history") == {"ps.env": "binary file"}


def test_what_a_change_leaves_out_is_named_as_in_a_tree(repo: Repo, tmp_path: Path) -> None:
    repo.write("a and b.bin", POINTER)
    repo.write("pic and b/x.png", b"\x89PNG\0\0")
    (tmp_path / "inner").mkdir()
    inner = Repo(tmp_path / "inner")
    inner.write("x.py", f"KEY = '{key()}'\n")
    inner.commit()
    repo.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.root), "module"
    )
    repo.add()
    expected = {
        "a and b.bin": "Git LFS pointer, its content is elsewhere",
        "module": "submodule",
        "pic and b/x.png": "binary file",
    }
    assert left_out(repo.root, "--staged") == expected
    assert left_out(repo.root, "--diff", "HEAD") == expected
    assert "submodule: 1 (module)" in run_hook(repo).stdout
    repo.commit()
    assert left_out(repo.root, "--history") == expected
    assert left_out(repo.root) == expected


def test_a_history_names_what_it_left_out_as_often_as_it_came(repo: Repo, tmp_path: Path) -> None:
    """A pointer that moves on, one with extensions whose change shows its end only, a file that becomes a submodule."""
    extended = "".join(f"ext-{n}-x sha256:{n}\n" for n in range(3))
    for oid in ("1", "2"):
        repo.write("p.bin", POINTER.replace("sha256:0", f"sha256:{oid}"))
        repo.write(
            "e.bin", POINTER.replace("oid", f"{extended}oid").replace("size 1", f"size {oid}")
        )
        repo.write("later", f"{oid}\n")
        repo.commit()
    (tmp_path / "inner").mkdir()
    inner = Repo(tmp_path / "inner")
    inner.write("x.py", "x = 1\n")
    inner.commit()
    repo.git("rm", "--quiet", "later")
    added = ("submodule", "--quiet", "add", str(inner.root), "later")
    repo.git("-c", "protocol.file.allow=always", *added)
    repo.commit()
    lfs = "Git LFS pointer, its content is elsewhere"
    assert left_out(repo.root, "--history") == {"p.bin": lfs, "e.bin": lfs, "later": "submodule"}
    assert left_out(repo.root, "--history", "HEAD~2..HEAD~1") == {"p.bin": lfs, "e.bin": lfs}
    assert left_out(repo.root, "--history", "HEAD~1..HEAD") == {"later": "submodule"}


def test_what_only_begins_like_a_pointer_is_read(repo: Repo) -> None:
    repo.write("a.txt", f"oid sha256:0\nsize 1\nKEY = '{key()}'\n")
    repo.write("b.txt", f"size {key()}\n")
    repo.commit()
    assert found(repo.root, "--history") == [("TG001", "a.txt", 3), ("TG001", "b.txt", 1)]


def test_a_history_that_a_shallow_clone_cuts_off_says_where(repo: Repo, tmp_path: Path) -> None:
    for number in range(3):
        repo.write("a.py", f"KEY = '{key(seed=number)}'\n")
        repo.commit()
    shallow = tmp_path / "shallow"
    repo.git("clone", "--quiet", "--depth", "2", repo.root.as_uri(), str(shallow))
    at = repo.git("rev-parse", "HEAD~1")[:12]
    cut = {f".git/shallow: {at}": "what a shallow clone lacks before this commit"}
    assert left_out(shallow, "--history") == cut
    assert left_out(shallow, "--history", "HEAD~1..HEAD") == {}
    assert left_out(repo.root, "--history") == {}


def test_a_folder_named_like_a_pattern_is_that_folder(repo: Repo) -> None:
    for name in ("a*", "ab", "[ab]", ":(top)"):
        repo.write(f"{name}/k.py", f"KEY = '{key()}'\n")
    assert found(repo.root, "./a*") == [("TG001", "a*/k.py", 1)]
    assert found(repo.root, "./:(top)") == [("TG001", ":(top)/k.py", 1)]


def test_a_sparse_checkout_names_what_is_not_there(repo: Repo) -> None:
    for name in ("in", "out"):
        repo.write(f"{name}/k.py", f"KEY = '{key()}'\n")
    repo.commit()
    repo.git("sparse-checkout", "set", "in")
    assert found(repo.root) == [("TG001", "in/k.py", 1)]
    assert left_out(repo.root) == {"out/k.py": "not on the disk (deleted, or a sparse checkout)"}


def test_a_linked_worktree_is_a_repository(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = tmp_path / "linked"
    (linked / "b.py").write_text(f"KEY = '{key()}'\n")
    subprocess.run(["git", "add", "b.py"], cwd=linked, check=True)
    for how in ((), ("--staged",), ("--diff", "main")):
        assert found(linked, *how) == [("TG001", "b.py", 1)]
    subprocess.run(["git", "commit", "-qm", "x"], cwd=linked, check=True)
    assert found(linked, "--history") == [("TG001", "b.py", 1)]


@pytest.mark.parametrize("args", [("-a",), ("--only", "a.py"), ("--amend",)])
def test_every_way_to_commit_meets_the_hook(repo: Repo, args: tuple[str, ...]) -> None:
    """Git hands the hook an index of its own for some of them."""
    hook = repo.root / ".git" / "hooks" / "pre-commit"
    hook.write_text(f"#!/bin/sh\nexec {HOOK}\n")
    hook.chmod(0o755)
    repo.write("a.py", f"KEY = '{key()}'\n")
    if "--amend" in args:
        repo.add()
    ended = subprocess.run(
        ["git", "commit", "-m", "x", *args], cwd=repo.root, capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert "a.py:1:8: ✖ TG001" in ended.stdout + ended.stderr


def test_what_comes_again_in_a_long_history_is_held_once() -> None:
    def commits() -> Iterator[Text | LeftOut]:
        for number in range(500):
            data = f"KEY = '{key()}'\n".encode()
            yield Text(path="a.py", data=data, numbers=(1,), commit=f"{number:040x}")
            yield LeftOut(path="a.png", why="binary file")

    wanted = Wanted(engine=choose("python"), today=date(2027, 1, 31))
    report = scan(commits(), wanted, read=lambda path: None)
    assert (len(report.founds), len(report.left_out), report.texts) == (1, 1, 500)


def test_the_hook_takes_the_options_that_pre_commit_gives_it(repo: Repo) -> None:
    repo.write("b.py", f"KEY = '{key()}'  # gitleaks:allow\n")
    repo.add()
    assert run_hook(repo).returncode == 1
    honoured = subprocess.run(
        [HOOK, "--honor", "gitleaks"], cwd=repo.root, capture_output=True, text=True
    )
    assert honoured.returncode == 0, honoured.stdout
