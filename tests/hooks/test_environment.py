"""environment.mjs: which interpreter, which folder, how it is built. Nothing here touches a network: uv and
pip are programs of the test's own, and what they are asked is what counts. The real ones: `make bench`, test-live."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.act.harness import ship
from tests.hooks.conftest import Shims

BASE: str = getattr(sys, "_base_executable", sys.executable)

UV = r"""#!%(python)s -I
import json, os, subprocess, sys, sysconfig
from pathlib import Path
asked = sys.argv[1:]
with open(%(log)r, "a") as log:
    log.write(json.dumps({"asked": asked, "env": dict(os.environ), "cwd": os.getcwd()}) + "\n")
if os.environ.get("UV_FAILS"):
    print("error: the index\n::error::is not there"); sys.exit(2)
if asked[0] == "venv":
    subprocess.run([asked[asked.index("--python") + 1], "-m", "venv", "--without-pip", asked[-1]], check=True)
"""


def program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text)
    file.chmod(0o755)
    return file


@pytest.fixture
def cold(shims: Shims) -> Shims:
    """An empty tool cache; on PATH python3 and a uv that notes what it is asked."""
    bin_ = shims.folder / "bin"
    program(bin_, "python3", f'#!/bin/sh\necho x >> {shims.folder}/probes\nexec "{BASE}" "$@"\n')
    program(bin_, "uv", UV % {"python": BASE, "log": str(shims.folder / "uv.log")})
    shims.env |= {"PATH": f"{bin_}:/usr/bin:/bin", "RUNNER_TOOL_CACHE": str(shims.folder / "tools")}
    return shims


def uv_log(shims: Shims) -> list[dict[str, object]]:
    log = shims.folder / "uv.log"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def environments(home: Path) -> list[Path]:
    return sorted(p for p in (home / "ci-tokengate").iterdir() if p.is_dir())


def test_uv_of_path_builds_from_the_hashes_of_the_lock(cold: Shims) -> None:
    assert cold.run("main").code == 0
    venv, install = uv_log(cold)
    assert venv["asked"][:3] == ["venv", "--no-project", "--python"]  # type: ignore[index]
    asked = install["asked"]
    assert isinstance(asked, list)
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(asked)
    assert {"--no-cache", "--link-mode"} <= set(asked), "its cache is anybody's, and is not checked"
    assert asked[-2:] == ["-r", str(cold.action / "requirements.lock")]
    [folder] = environments(cold.folder / "tools")
    version = f"py{sys.version_info.major}.{sys.version_info.minor}"
    assert folder.name.split("-")[1:4] == [
        "linux",
        "arm64" if os.uname().machine == "aarch64" else "x64",
        version,
    ]
    assert cold.seen("main")["executable"] == str(folder / "bin" / "python")


def test_a_warm_start_asks_neither_uv_nor_the_interpreter(cold: Shims) -> None:
    cold.run("main")
    (cold.folder / "probes").unlink()
    (cold.folder / "uv.log").unlink()
    assert cold.run("main").code == 0
    assert not (cold.folder / "probes").exists()
    assert uv_log(cold) == []


def test_settings_of_the_index_reach_uv_and_secrets_do_not(cold: Shims) -> None:
    kept = {"UV_DEFAULT_INDEX": "i", "PIP_INDEX_URL": "i", "HTTPS_PROXY": "p", "SSL_CERT_FILE": "c"}
    gone = {"GITHUB_TOKEN": "t", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t", "PYTHONPATH": "/evil"}
    cold.run("main", {**kept, **gone, "UV_CONSTRAINT": "c"})
    env = uv_log(cold)[-1]["env"]
    assert isinstance(env, dict)
    assert kept.items() <= env.items()
    assert not [name for name in env if name in gone or name.startswith(("INPUT_", "UV_CON"))]


def test_an_interpreter_that_is_only_asked_what_it_is_sees_no_secret(cold: Shims) -> None:
    noting = f'#!/bin/sh\nenv > {cold.folder}/probed\nexec "{BASE}" "$@"\n'
    program(cold.folder / "bin", "python3", noting)
    cold.run("main", {"INPUT_GITHUB-TOKEN": "t"})
    seen = (cold.folder / "probed").read_text()
    assert "sk-minter-secret" not in seen
    assert "INPUT_" not in seen


def test_installers_do_not_start_in_the_jobs_folder(cold: Shims) -> None:
    """There, `pip.py` or `uv.toml` would be the pull request's."""
    cold.run("main")
    assert all("ci-tokengate" in str(call["cwd"]) for call in uv_log(cold))


def test_jobs_that_build_at_the_same_time_do_not_hurt_each_other(cold: Shims) -> None:
    jobs = [cold.start("main") for _ in range(4)]
    ended = [(job.communicate(timeout=60)[0], job.returncode)[1] for job in jobs]
    assert ended == [0, 0, 0, 0]
    [folder] = environments(cold.folder / "tools")
    assert (folder / ".complete").exists()


def test_a_damaged_environment_is_built_anew(cold: Shims) -> None:
    cold.run("main")
    [folder] = environments(cold.folder / "tools")
    (folder / "bin" / "python").unlink()
    assert cold.run("main").code == 0
    assert (folder / "bin" / "python").exists()


def test_a_package_that_is_missing_is_installed_by_building_once_more(cold: Shims) -> None:
    ended = cold.run("main", {"INPUT_TEAM": "import"})
    assert ended.code == 3
    assert "lacks a package, also after it was built anew" in ended.error
    assert len(uv_log(cold)) == 4


def test_the_product_itself_tells_the_shim_that_a_package_is_missing(
    cold: Shims, tmp_path: Path
) -> None:
    """The others have a stand-in: here an environment without packages meets what is shipped."""
    cold.action = ship(tmp_path / "action")
    ended = cold.run("main")
    assert ended.code == 3
    assert "lacks a package, also after it was built anew" in ended.error
    assert "Traceback" not in ended.out + ended.err
    assert cold.state["phase"] == "none", "nothing was begun that a second run would repeat"


@pytest.mark.parametrize("unusable", ["-", "/proc/nowhere"])
def test_without_a_tool_cache_the_runners_temporary_folder_is_used(
    cold: Shims, unusable: str
) -> None:
    assert cold.run("main", {"RUNNER_TOOL_CACHE": unusable}).code == 0
    assert len(environments(cold.folder / "temp")) == 1


def test_without_either_it_is_a_folder_of_this_user_alone(cold: Shims) -> None:
    assert cold.run("main", {"RUNNER_TOOL_CACHE": "-", "RUNNER_TEMP": "-"}).code == 0
    home = cold.folder / "tmp" / f"ci-tokengate-{os.getuid()}"
    assert home.stat().st_mode & 0o777 == 0o700
    [_] = [p for p in home.iterdir() if p.is_dir()]


@pytest.mark.parametrize("who", ["everybody", "a group", "everybody, from above"])
def test_a_tool_cache_that_others_may_write_to_is_not_trusted(cold: Shims, who: str) -> None:
    """What stands there, complete as it looks, would get the minting key, now or in post."""
    if who == "a group" and os.getgid() == os.getuid() != 0:
        pytest.skip("This user's group is its own: nobody else is in it.")
    assert cold.run("main").code == 0
    home = cold.folder / "tools" / "ci-tokengate"
    [planted] = environments(cold.folder / "tools")
    folder, mode = {
        "everybody": (home, 0o777),
        "a group": (home, 0o775),
        "everybody, from above": (home.parent, 0o777),
    }[who]
    os.chown(folder, -1, os.getgid() or 4242)
    folder.chmod(mode)
    (planted / "bin" / "python").unlink()  # a link to the interpreter of this machine
    program(planted / "bin", "python", f"#!/bin/sh\nenv > {cold.folder}/stolen\n")
    ended = cold.run("main", {"PATH": f"{cold.folder / 'bin'}:/usr/bin:/bin"})
    assert ended.code == 0
    assert not (cold.folder / "stolen").exists()
    [own] = environments(cold.folder / "temp")
    assert cold.state["python"] == str(own / "bin" / "python")


@pytest.mark.skipif(os.getuid() != 0, reason="Only root gives a folder away.")
def test_a_tool_cache_of_another_user_is_not_trusted(cold: Shims) -> None:
    home = cold.folder / "tools" / "ci-tokengate"
    home.mkdir(parents=True)
    os.chown(home, 4242, 4242)
    assert cold.run("main").code == 0
    assert environments(cold.folder / "tools") == []
    assert len(environments(cold.folder / "temp")) == 1


def test_what_is_built_is_nobody_elses_to_write_whatever_the_umask(cold: Shims) -> None:
    before = os.umask(0)
    try:
        assert cold.run("main").code == 0
    finally:
        os.umask(before)
    [folder] = environments(cold.folder / "tools")
    written = [folder.parent, folder, *(f for f in folder.rglob("*") if not f.is_symlink())]
    assert [f for f in written if f.stat().st_mode & 0o022] == []


def test_a_temporary_folder_others_may_write_to_is_refused(cold: Shims) -> None:
    home = cold.folder / "tmp" / f"ci-tokengate-{os.getuid()}"
    home.mkdir()
    home.chmod(0o777)
    ended = cold.run("main", {"RUNNER_TOOL_CACHE": "-", "RUNNER_TEMP": "-"})
    assert ended.code == 2
    assert "belongs to somebody else" in ended.error


def test_the_interpreter_a_name_stands_for_is_asked_and_an_old_one_passed_over(cold: Shims) -> None:
    old = cold.folder / "old"
    program(
        old,
        "python3",
        '#!/bin/sh\necho \'tokengate:{"base": "/usr/bin/python3", "version": [3, 8]}\'\n',
    )
    path = f"{old}:{cold.env['PATH']}"
    assert cold.run("main", {"PATH": path}).code == 0


def test_no_python_that_will_do_is_one_clear_error(cold: Shims) -> None:
    old = cold.folder / "old"
    program(
        old,
        "python3",
        '#!/bin/sh\necho \'tokengate:{"base": "/usr/bin/python3", "version": [3, 8]}\'\n',
    )
    program(old, "python", "#!/bin/sh\necho Python was not found\nexit 9\n")
    ended = cold.run("main", {"PATH": str(old)})
    assert ended.code == 2
    assert f"{old}/python3 is Python 3.8; {old}/python does not run as a Python 3" in ended.error
    assert "actions/setup-python" in ended.error


def test_the_input_python_is_used_and_nothing_else(cold: Shims) -> None:
    assert cold.run("main", {"INPUT_PYTHON": BASE, "PATH": f"{cold.folder}/bin"}).code == 0
    assert not (cold.folder / "probes").exists()
    ended = cold.run("main", {"INPUT_PYTHON": "python9"})
    assert ended.code == 2
    assert 'The input python is "python9"' in ended.error


def test_an_environment_is_made_from_the_base_not_from_the_venv_of_the_job(cold: Shims) -> None:
    """The job's venv may be gone tomorrow."""
    cold.run("main", {"INPUT_PYTHON": sys.executable})
    asked = uv_log(cold)[0]["asked"]
    assert isinstance(asked, list)
    assert asked[3] == BASE


def test_what_installers_say_is_shown_only_when_all_fail_and_cannot_speak_to_the_runner(
    cold: Shims,
) -> None:
    no_pip = (
        f'#!/bin/sh\ncase "$*" in *"import pip"*|*" venv "*) exit 1;; esac\nexec "{BASE}" "$@"\n'
    )
    program(cold.folder / "bin", "python3", no_pip)
    ended = cold.run(
        "main", {"UV_FAILS": "1", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/nonexistent"}
    )
    assert ended.code == 3
    lines = ended.out.splitlines()
    start = lines.index("::group::ci-tokengate: building the Python environment")
    token = lines[start + 1].removeprefix("::stop-commands::")
    assert start < lines.index("::error::is not there") < lines.index(f"::{token}::")
    assert lines[-1].startswith(
        "::error title=ci-tokengate::The packages of ci-tokengate could not be installed"
    )
    assert environments(cold.folder / "tools") == []


def test_a_wheelhouse_is_the_only_source_of_packages(cold: Shims) -> None:
    (cold.folder / "wheels").mkdir()
    cold.run("main", {"INPUT_WHEELHOUSE": "wheels"})
    asked = uv_log(cold)[-1]["asked"]
    assert isinstance(asked, list)
    at = asked.index("--no-index")
    assert asked[at : at + 3] == ["--no-index", "--find-links", str(cold.folder / "wheels")]


def test_a_wheelhouse_that_is_not_there_is_said(cold: Shims) -> None:
    ended = cold.run("main", {"INPUT_WHEELHOUSE": "nowhere"})
    assert ended.code == 2
    assert (
        f"The input wheelhouse names {cold.folder}/nowhere, which is not a folder." in ended.error
    )


def test_an_interrupted_build_leaves_nothing_and_ends(cold: Shims) -> None:
    program(cold.folder / "bin", "uv", "#!/bin/sh\necho x > started\nexec sleep 30\n")
    process = cold.start("main")
    home = cold.folder / "tools" / "ci-tokengate"
    while not list(home.glob("*.building-*/started")):
        pass
    process.terminate()
    out, _ = process.communicate(timeout=10)
    assert process.returncode == 3
    assert "Interrupted by SIGTERM while building" in out
    assert list(home.iterdir()) == []


def test_settle_with_a_ledger_has_an_environment_of_its_own(cold: Shims) -> None:
    settle = {"INPUT_MODE": "settle", "INPUT_LEDGER-URL": "postgresql+psycopg://db/ledger"}
    assert cold.run("main", settle).code == 0
    by_variable = {"INPUT_MODE": "settle", "TOKENGATE_LEDGER_URL": "sqlite:////data/ledger.db"}
    assert cold.run("main", by_variable).code == 0
    installs = [entry["asked"][-1] for entry in uv_log(cold) if entry["asked"][0] == "pip"]  # type: ignore[index]
    assert installs == [str(cold.action / "requirements-ledger.lock")]
    assert len(environments(cold.folder / "tools")) == 1


def test_no_other_job_waits_for_the_ledgers_packages(cold: Shims) -> None:
    for env in (
        {"INPUT_MODE": "settle", "INPUT_LEDGER-URL": " "},
        {"INPUT_MODE": "key", "INPUT_LEDGER-URL": "postgresql+psycopg://db/ledger"},
        {"TOKENGATE_LEDGER_URL": "sqlite:///ledger.db"},
    ):
        assert cold.run("main", env).code == 0
    installs = [entry["asked"][-1] for entry in uv_log(cold) if entry["asked"][0] == "pip"]  # type: ignore[index]
    assert installs == [str(cold.action / "requirements.lock")]


def test_packages_of_the_ledger_that_cannot_be_had_fail_no_settle(cold: Shims) -> None:
    text = (cold.folder / "bin" / "uv").read_text()
    refuse = 'if asked[-1].endswith("requirements-ledger.lock"):\n    sys.exit(2)\nif asked[0]'
    program(cold.folder / "bin", "uv", text.replace("if asked[0]", refuse, 1))
    nowhere = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/nonexistent"}
    ended = cold.run(
        "main", nowhere | {"INPUT_MODE": "settle", "INPUT_LEDGER-URL": "sqlite:///x.db"}
    )
    assert ended.code == 0, ended.out + ended.err
    assert "::warning title=ci-tokengate::Nothing will be written to the ledger: " in ended.out
    assert cold.seen("main")["argv"]
