"""What docs/ledger.md says is so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from ci_tokengate.adapters.ledger import failures
from ci_tokengate.adapters.ledger.tables import METADATA
from ci_tokengate.core.ledger.actors import ACTORS
from ci_tokengate.core.ledger.entry import Bucket, EntryState
from ci_tokengate.errors import TokengateError
from tests.docs.tables import ROOT

TEXT = (ROOT / "docs" / "ledger.md").read_text("utf-8")


def test_its_commands_work_as_they_stand(tmp_path: Path) -> None:
    [block] = re.findall(r"<!-- run: a-ledger -->\n```sh\n(.*?)```", TEXT, re.DOTALL)
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        ["sh", "-e"],
        input=block,
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "closed months  none" in done.stdout
    assert "✔ 2026-01 is closed" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["tokengate.db"], "one file, at the end"


def test_its_tables_buckets_and_states_are_those_of_the_code() -> None:
    listed = set(re.findall(r"`([a-z_]+)`", "\n".join(re.findall(r"^\| (`[^|]*) \|", TEXT, re.M))))
    assert set(METADATA.tables) <= listed
    assert {state.value for state in EntryState} <= listed
    for bucket in Bucket:
        assert f"`{bucket.value}`" in TEXT
    for setting in ACTORS:
        assert setting in TEXT


def test_what_it_says_of_failures_is_what_they_say() -> None:
    rows = re.findall(r"^\| ([^|`]+) \| ([23]) \|", TEXT, re.M)
    assert len(rows) == 7
    told = {what: kind.exit_code for kind, what, _ in _all()}
    for what, code in rows:
        for said, exit_code in told.items():
            if said.startswith(what):
                assert int(code) == exit_code, what
                break
        else:
            assert what in ("has schema …, which is newer",), what


def _all() -> list[tuple[type[TokengateError], str, str]]:
    return [*failures._SQLITE.values(), *failures._POSTGRES.values(), failures._GONE]
