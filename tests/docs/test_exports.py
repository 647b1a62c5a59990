"""What docs/focus.md and docs/metrics.md say is so."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from ci_tokengate.core.metrics.values import ALL
from ci_tokengate.render.focus.columns import FocusVersion, columns
from tests.docs.tables import ROOT
from tests.stage.books import fill
from tests.stage.entries import run_cli

FOCUS = (ROOT / "docs" / "focus.md").read_text("utf-8")
METRICS = (ROOT / "docs" / "metrics.md").read_text("utf-8")
COLUMN = re.compile(r"`(x_\w+|[A-Z][a-z]+[A-Z]\w+)`")


def test_each_own_column_is_explained_and_each_column_named_exists() -> None:
    known = {column.name for version in FocusVersion for column in columns(version)}
    named = set(COLUMN.findall(FOCUS)) - {"FocusVersion"}
    assert named <= known
    assert {name for name in known if name.startswith("x_")} <= named


def test_the_files_have_the_names_that_the_page_shows(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    fill(url)
    for more in ((), ("--version", "1.4", "--format", "csv")):
        args = ("export", "focus", "--ledger-url", url, "--to", str(tmp_path / "lake"))
        assert run_cli({}, *args, *more).code == 0
    shown = re.findall(r"^    (lake/\S+)$", FOCUS, re.MULTILINE)
    assert len(shown) == 3
    assert all((tmp_path / name).exists() for name in shown)


def test_the_table_of_metrics_is_that_of_the_code() -> None:
    rows = [f"| `{i.text_name}` | `{i.name}` | `{i.unit}` | {i.help} |" for i in ALL]
    table = METRICS.partition("<!-- metrics -->\n")[2].partition("\n<!-- /metrics -->")[0]
    assert table.splitlines()[2:] == rows


def test_the_alerts_name_metrics_that_there_are(tmp_path: Path) -> None:
    [block] = re.findall(r"```yaml\n(.*?)```", METRICS, re.DOTALL)
    rules = YAML(typ="safe").load(block)["groups"][0]["rules"]
    used = {name for rule in rules for name in re.findall(r"tokengate_\w+(?=\{|\s)", rule["expr"])}
    assert used <= {i.text_name for i in ALL}
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian has it in the package prometheus)")
    file = tmp_path / "rules.yml"
    file.write_text(block, encoding="utf-8")
    done = subprocess.run([promtool, "check", "rules", str(file)], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
