"""`ci-tokengate scan`, as a whole program: what it reads, what it prints, how it ends."""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from ci_tokengate.wiring.engines import choose
from tests.canaries.leaks import forms
from tests.docs.tables import ROOT, SCAN
from tests.scan.keys.samples import SAMPLES
from tests.scan.worlds import Repo

PROGRAM = Path(sys.executable).with_name("ci-tokengate")
BY_KIND = {sample.kind: sample for sample in SAMPLES}


def key(kind: str = "anthropic", seed: int = 1) -> str:
    return BY_KIND[kind].make(random.Random(f"{kind} {seed}"))


def scan(cwd: Path, *args: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [PROGRAM, "scan", *args], cwd=cwd, input=given, capture_output=True, env=env, check=False
    )


def found(cwd: Path, *args: str, given: bytes = b"") -> list[tuple[str, str, int]]:
    """Rule, path and line of each finding."""
    ended = scan(cwd, *args, "--format", "json", given=given)
    assert ended.returncode in (0, 1), ended.stderr
    return [(f["rule"], f["path"], f["line"]) for f in json.loads(ended.stdout)["findings"]]


def left_out(cwd: Path, *args: str) -> dict[str, str]:
    body = json.loads(scan(cwd, *args, "--format", "json").stdout)
    return {item["path"]: item["why"] for item in body["left_out"]}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    folder = tmp_path / "repo"
    folder.mkdir()
    return Repo(folder)


def test_a_tree_is_what_is_tracked_and_what_is_not_ignored(repo: Repo) -> None:
    repo.write(".gitignore", "ignored.py\n")
    for name in ("tracked.py", "sub/untracked.py", "ignored.py"):
        repo.write(name, f"KEY = '{key()}'\n")
    repo.git("add", "tracked.py")
    assert found(repo.root) == [("TG001", "sub/untracked.py", 1), ("TG001", "tracked.py", 1)]
    assert found(repo.root, "sub") == [("TG001", "sub/untracked.py", 1)]
    assert found(repo.root / "sub") == [("TG001", "sub/untracked.py", 1)]
    assert found(repo.root, "ignored.py") == [("TG001", "ignored.py", 1)]


def test_a_plain_folder_and_standard_input_work_too(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.env").write_text(f"\nOPENAI_API_KEY={key('openai-proj')}\n")
    assert found(tmp_path, "a") == [("TG001", "b.env", 2)]
    given = f"LITELLM_MASTER_KEY={key('litellm-master')}".encode()
    assert found(tmp_path, "-", given=given) == [("TG002", "stdin", 1)]


def test_a_change_is_judged_by_the_lines_that_it_adds(repo: Repo) -> None:
    repo.write("a.py", f"OLD = '{key(seed=1)}'\n" + "x = 1\n" * 20)
    repo.commit()
    repo.git("switch", "--quiet", "--create", "topic")
    repo.write("a.py", f"OLD = '{key(seed=1)}'\n" + "x = 1\n" * 20 + f"NEW = '{key(seed=2)}'\n")
    repo.commit()
    assert found(repo.root, "--diff", "main") == [("TG001", "a.py", 22)]
    assert found(repo.root, "--staged") == []


def test_history_has_what_was_removed_since_once(repo: Repo) -> None:
    repo.write("a.py", f"KEY = '{key()}'\n")
    repo.commit()
    repo.write("a.py", "KEY = None\n")
    repo.commit()
    repo.write("a.py", f"KEY = '{key()}'\n")
    repo.commit()
    repo.git("rm", "--quiet", "a.py")
    repo.commit()
    assert found(repo.root) == []
    assert found(repo.root, "--history") == [("TG001", "a.py", 1)]
    assert found(repo.root, "--history", "HEAD~1..HEAD") == []
    assert "(commit " in scan(repo.root, "--history").stdout.decode()


def test_what_is_left_out_is_counted_and_named(repo: Repo, tmp_path: Path) -> None:
    repo.write("picture.png", b"\x89PNG\0\0" + bytes(range(256)))
    repo.write("large.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    repo.write("gone.py", "x\n")
    os.symlink("loop", repo.root / "loop")
    os.symlink("..", repo.root / "up")
    inner = Repo(_made(tmp_path / "inner"))
    inner.write("x.py", f"KEY = '{key()}'\n")
    inner.commit()
    repo.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.root), "module"
    )
    repo.commit()
    (repo.root / "gone.py").unlink()
    os.mkfifo(repo.root / "pipe")
    assert left_out(repo.root) == {
        "picture.png": "binary file",
        "large.bin": "Git LFS pointer, its content is elsewhere",
        "gone.py": "not on the disk (deleted, or a sparse checkout)",
        "loop": "symbolic link",
        "up": "symbolic link",
        "module": "submodule",
    }
    text = scan(repo.root).stdout.decode()
    assert "Left out, symbolic link: 2 (loop, up)" in text


@pytest.mark.parametrize("tracked", [True, False], ids=["git", "plain folder"])
def test_a_folder_that_cannot_be_opened_is_named(repo: Repo, tmp_path: Path, tracked: bool) -> None:
    """One whose path is too long, which stops whoever may read all, as root, too."""
    root = repo.root if tracked else tmp_path / "plain"
    root.mkdir(exist_ok=True)
    (root / "a.env").write_text(f"K={key()}\n")
    folder = os.open(root, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=folder)
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)
    assert found(root) == [("TG001", "a.env", 1)]
    (path,) = left_out(root)
    assert path.startswith("d" * 250 + "/")
    assert left_out(root)[path] == "unreadable (File name too long)"


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_strange_files_are_read(repo: Repo) -> None:
    line = f"ANTHROPIC_API_KEY={key()}\r\n"
    repo.write("utf16.env", line.encode("utf-16"))
    repo.write("utf16-no-mark.env", line.encode("utf-16-le"))
    repo.write("bad-utf8.txt", b"\xff\xfe\xfa caf\xe9\n" + line.encode())
    repo.write("two\nlines.txt", line)
    repo.write("no-end.txt", "x" * 3_000_000 + " " + line.strip())
    repo.add()
    assert sorted(found(repo.root)) == [
        ("TG001", "bad-utf8.txt", 2),
        ("TG001", "no-end.txt", 1),
        ("TG001", "two\\nlines.txt", 1),
        ("TG001", "utf16-no-mark.env", 1),
        ("TG001", "utf16.env", 1),
    ]


def test_columns_count_characters(repo: Repo) -> None:
    repo.write("a.py", f"# é\nÄÖ = '{key()}' # '{key(seed=2)}'\n")
    body = json.loads(scan(repo.root, "--format", "json").stdout)
    spans = [(f["line"], f["column"], f["end_column"]) for f in body["findings"]]
    size = len(key())
    assert spans == [(2, 7, 7 + size), (2, 12 + size, 12 + 2 * size)]


@pytest.mark.parametrize("fmt", ["text", "json", "sarif", "github"])
def test_no_output_holds_a_secret_in_any_form(repo: Repo, fmt: str) -> None:
    secrets = [sample.make(random.Random(fmt + sample.kind)) for sample in SAMPLES]
    for sample, secret in zip(SAMPLES, secrets, strict=True):
        coded = base64.b64encode(secret.encode()).decode()
        repo.write(
            f"{sample.kind}.env", f"A=1\n{sample.variable}={secret} {sample.variable}_B64={coded}\n"
        )
        repo.write(f"{sample.kind}.min.js", f"x={{k:'{secret}',{sample.variable}:'{secret}'}}")
    ended = scan(repo.root, "--format", fmt)
    assert ended.returncode == 1
    said = ended.stdout.decode() + ended.stderr.decode()
    for secret in secrets:
        assert [form for form in forms(secret) if form in said] == []
        assert secret[-12:] not in said


def test_the_formats_keep_to_their_schemas(repo: Repo, tmp_path: Path) -> None:
    repo.write("a b,ü.py", f"KEY = '{key()}' # 100%::error\n")
    repo.write("pic.png", b"\0\0")
    checker = Path(sys.executable).with_name("check-jsonschema")
    schemas = {
        "json": ROOT / "schema/scan.schema.json",
        "sarif": Path(__file__).with_name("sarif-2.1.0.json"),
    }
    for fmt, schema in schemas.items():
        report = tmp_path / f"report.{fmt}"
        assert scan(repo.root, "--format", fmt, "--output", str(report)).returncode == 1
        ended = subprocess.run(
            [checker, "--regex-variant", "python", "--schemafile", schema, report],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout
    run = json.loads((tmp_path / "report.sarif").read_text())["runs"][0]
    [result] = run["results"]
    assert (
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b%2C%C3%BC.py"
    )
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert (rule["id"], rule["properties"]["security-severity"]) == ("TG001", "9.5")
    assert len(result["partialFingerprints"]["tokengate/v1"]) == 32


def test_annotations_are_escaped(repo: Repo) -> None:
    repo.write("a,b:c%\n.py", f"KEY = '{key()}'\n")
    [line] = [
        x
        for x in scan(repo.root, "--format", "github").stdout.decode().splitlines()
        if x.startswith("::")
    ]
    assert line.startswith(
        "::error file=a%2Cb%3Ac%25%0A.py,line=1,col=8,endColumn=116,title=TG001 anthropic::An "
    )


def test_a_baseline_hides_what_was_there_also_when_lines_move(repo: Repo) -> None:
    repo.write("a.py", f"KEY = '{key()}'\n")
    assert scan(repo.root, "baseline", "update", "--baseline", "base.json").returncode == 0
    text = (repo.root / "base.json").read_text()
    assert key()[13:30] not in text
    repo.write("a.py", f"import os\n\nKEY = '{key()}'\n")
    assert found(repo.root, "--baseline", "base.json") == []
    assert b"1 in the baseline" in scan(repo.root, "--baseline", "base.json").stdout
    repo.write("a.py", f"KEY = '{key()}'\nTWO = '{key()}'\nNEW = '{key(seed=2)}'\n")
    assert [line for *_, line in found(repo.root, "--baseline", "base.json")] == [2, 3]
    scan(repo.root, "baseline", "update", "--baseline", "base.json")
    again = json.loads((repo.root / "base.json").read_text())
    assert again["salt"] == json.loads(text)["salt"]
    assert json.loads(text)["findings"][0] in again["findings"]


def test_the_policy_excludes_paths_and_says_so(repo: Repo) -> None:
    policy = "version: 1\nteams: {t: {plan: 1}}\nuse-cases: {u: {models: [m], cap-per-run: 1}}\n"
    repo.write(".github/tokengate.yml", policy + "scan: {exclude: [tests/data, '*.md']}\n")
    for name in ("tests/data/deep/a.py", "docs/b.md", "c.py"):
        repo.write(name, f"KEY = '{key()}'\n")
    assert found(repo.root) == [("TG001", "c.py", 1)]
    assert left_out(repo.root)["docs/b.md"] == "excluded by the policy"


@pytest.mark.parametrize(
    "policy", ["scan: {exclude: [old]}", "proxy: {url: https://llm.acme.example}"]
)
def test_whoever_begins_with_the_scan_needs_no_teams_in_the_policy(repo: Repo, policy: str) -> None:
    repo.write(".github/tokengate.yml", policy + "\n")
    repo.write("new/a.py", f"KEY = '{key()}'\n")
    assert found(repo.root) == [("TG001", "new/a.py", 1)]


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("scan: {exlude: [a]}", "unknown key scan.exlude."),
        ("proxy: {url: 5}", "proxy.url"),
        ("version: 2", "version"),
        ("scan: [", "not valid YAML"),
    ],
)
def test_what_is_wrong_with_the_scans_part_of_the_policy_ends_the_scan(
    repo: Repo, policy: str, told: str
) -> None:
    """Else a path that was meant to be left out, or a proxy of another name, would be found as if by right."""
    repo.write(".github/tokengate.yml", policy + "\n")
    ended = scan(repo.root)
    assert ended.returncode == 2
    said = ended.stderr.decode()
    assert ".github/tokengate.yml:" in said
    assert told in said


def test_a_change_cannot_exclude_itself(repo: Repo) -> None:
    """For --diff the policy of the base counts, not the one that the change brings."""
    policy = "version: 1\nteams: {t: {plan: 1}}\nuse-cases: {u: {models: [m], cap-per-run: 1}}\n"
    repo.write(".github/tokengate.yml", policy + "scan: {exclude: [old]}\n")
    repo.commit()
    repo.git("switch", "--quiet", "--create", "topic")
    repo.write(".github/tokengate.yml", policy + "scan: {exclude: [new]}\n")
    for name in ("old/a.py", "new/a.py"):
        repo.write(name, f"KEY = '{key()}'\n")
    repo.commit()
    assert found(repo.root, "--diff", "main") == [("TG001", "new/a.py", 1)]
    mine = ("--diff", "main", "--policy", ".github/tokengate.yml")
    assert found(repo.root, *mine) == [("TG001", "old/a.py", 1)]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("nothing-here",), 2),
        (("--staged", "--history"), 2),
        (("--diff", "no-such-branch"), 2),
        (("--diff", "--output=x"), 2),
        (("--baseline", "missing.json"), 2),
        (("--policy", "missing.yml"), 2),
        (("--engine", "nonsense"), 2),
        ((), 0),
    ],
)
def test_how_it_ends(repo: Repo, args: tuple[str, ...], code: int) -> None:
    repo.write("a.py", "x = 1\n")
    repo.commit()
    ended = scan(repo.root, *args)
    assert ended.returncode == code, ended.stderr
    assert b"Traceback" not in ended.stderr
    assert not (repo.root / "x").exists()


@pytest.mark.parametrize("engine", ["hyperscan", "re2", "python"])
def test_every_engine_finds_the_same(repo: Repo, engine: str) -> None:
    choose(engine)
    for sample in SAMPLES:
        body = sample.make(random.Random(sample.kind))
        coded = base64.b64encode(f"x={body}\n".encode()).decode()
        repo.write(f"{sample.kind}.txt", f"{sample.variable}={body}\nB: {coded}\n" + "sk-" * 9)
    found_by = {
        name: json.loads(scan(repo.root, "--engine", name, "--format", "json").stdout)
        for name in ("python", engine)
    }
    assert found_by[engine] == found_by["python"]
    assert len(found_by[engine]["findings"]) >= len(SAMPLES)


def test_this_repository_passes_its_own_scan() -> None:
    ended = scan(ROOT)
    assert ended.returncode == 0, ended.stdout.decode()


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
@pytest.mark.parametrize("fmt", ["text", "github", "json"])
def test_a_pipe_that_takes_no_unicode_gets_the_report_all_the_same(
    repo: Repo, encoding: str, fmt: str
) -> None:
    repo.write("ключ.py", f"KEY = '{key()}'\n")
    env = {"PATH": os.environ["PATH"], "HOME": "/", "PYTHONIOENCODING": encoding}
    ended = subprocess.run(
        [PROGRAM, "scan", "--format", fmt], cwd=repo.root, capture_output=True, env=env, check=False
    )
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert b"TG001" in ended.stdout


def test_a_hundred_megabytes_on_one_line_are_read(tmp_path: Path) -> None:
    with (tmp_path / "line.json").open("wb") as file:
        for _ in range(33):
            file.write(b"x9 " * 1_000_000)
        file.write(f'"{key()}"'.encode())
    body = json.loads(scan(tmp_path, "line.json", "--format", "json").stdout)
    assert [(f["line"], f["column"]) for f in body["findings"]] == [(1, 99_000_002)]
    assert len(body["findings"][0]["snippet"]) <= 160


def test_a_scan_imports_no_network_code(repo: Repo) -> None:
    repo.write("a.py", f"KEY = '{key()}'\n")
    code = (
        "import sys; sys.argv = ['ci-tokengate', 'scan']\n"
        "from ci_tokengate.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([m for m in ('httpx', 'pydantic', 'github', 'ruamel.yaml', 'asyncio') if m in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=repo.root, capture_output=True, text=True, check=True
    )
    assert ended.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("tracked", [(), (".github", "src"), ("tools", "src"), (".",)])
def test_in_a_big_tree_an_action_is_judged_with_the_workflow_that_calls_it(
    repo: Repo, tracked: tuple[str, ...]
) -> None:
    """A big tree is split over processes; by itself the action would be a note."""
    gate = "      - {uses: org/ci-tokengate@v1, with: {tools: claude-code}}\n"
    head = "on: workflow_dispatch\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
    action = (
        "name: a\nruns:\n  using: composite\n  steps:\n    - {shell: bash, run: claude -p hi}\n"
    )
    for number in range(7):
        repo.write(f"tools/a{number}/action.yml", action)
        calls = f"      - uses: ./tools/a{number}\n"
        repo.write(f".github/workflows/w{number}.yml", f"{head}{gate}{calls}")
    for number in range(900):
        repo.write(f"src/f{number}.txt", "x\n")
    if tracked:
        repo.git("add", *tracked)
    assert found(repo.root) == []
    repo.write(".github/workflows/w3.yml", f"{head}{calls.replace('a6', 'a3')}")
    repo.write("src/new.py", f"KEY = '{key()}'\n")
    told = [path for _, path, _ in found(repo.root)]
    assert told == [".github/workflows/w3.yml", "src/new.py"]


def test_what_the_readme_shows_is_what_it_prints(repo: Repo) -> None:
    """golden/readme.txt; `UPDATE_GOLDEN=1` writes it anew, `python -m tests.docs.tables` the README."""
    steps = "      - uses: anthropics/claude-code-action@v1\n        with:\n"
    secret = "          anthropic_api_key: ${{ secrets.ANTHROPIC_API_KEY }}\n"
    head = (
        "on: pull_request\njobs:\n  review:\n    runs-on: ubuntu-latest\n    timeout-minutes: 15\n"
    )
    repo.write(".github/workflows/review.yml", f"{head}    steps:\n{steps}{secret}")
    repo.write("agent.py", f'client = OpenAI(api_key="{key("openai-proj")}")\n')
    ended = scan(repo.root)
    assert ended.returncode == 1
    if os.environ.get("UPDATE_GOLDEN"):
        SCAN.write_bytes(ended.stdout)
    assert ended.stdout.decode() == SCAN.read_text("utf-8")
