"""The Prometheus rules by promtool, which also must refuse what they must not be; and the dashboard's queries."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.docs.tables import ROOT

pytestmark = pytest.mark.spec
RULES = ROOT / "examples" / "prometheus"
DASHBOARD = ROOT / "examples" / "grafana" / "dashboard.json"
METRICS = Path(__file__).with_name("litellm_metrics.txt")


def _promtool(*args: object) -> subprocess.CompletedProcess[str]:
    """From Debian's package `prometheus`; `.ci/run` installs it."""
    found = shutil.which("promtool")
    if found is None:
        pytest.fail("promtool is not installed: apt-get install prometheus", pytrace=False)
    return subprocess.run(
        [found, *map(str, args)], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("rules.yml", "rules_test.yml"):
        shutil.copy(RULES / name, tmp_path / name)
    return tmp_path


def test_the_rules_are_rules_and_do_what_their_tests_say(copied: Path) -> None:
    checked = _promtool("check", "rules", copied / "rules.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    tested = _promtool("test", "rules", copied / "rules_test.yml")
    assert tested.returncode == 0, tested.stdout + tested.stderr


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (">= 3 * team", ">= 5 * team"),
        ("and sum by (team, team_alias) (litellm_spend_metric_total offset 8d)", ""),
        ("and team:litellm_spend_usd:increase1d >= 20", ""),
        ("ratio >= 0.8 and", "ratio >= 0.9 and"),
        ("ratio >= 1.5", "ratio > 1.5"),
        ("1.5 * (1 -", "1 * (1 -"),
    ],
)
def test_a_rule_that_is_another_fails_the_tests(copied: Path, now: str, then: str) -> None:
    rules = copied / "rules.yml"
    text = rules.read_text("utf-8")
    assert now in text
    rules.write_text(text.replace(now, then), "utf-8")
    assert _promtool("test", "rules", copied / "rules_test.yml").returncode == 1


def _expressions() -> Iterator[str]:
    document = json.loads(DASHBOARD.read_text("utf-8"))

    def of(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from ([value["expr"]] if isinstance(value.get("expr"), str) else [])
            for inner in value.values():
                yield from of(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from of(inner)

    yield from of(document)


def test_each_query_of_the_dashboard_is_parsed_by_promtool(tmp_path: Path) -> None:
    queries = [q.replace("$team", ".*") for q in _expressions()]
    assert len(queries) == 5
    rules = [{"record": f"a:b:c{i}", "expr": query} for i, query in enumerate(queries)]
    path = tmp_path / "queries.yml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
    checked = _promtool("check", "rules", path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_metric_is_litellms_or_recorded_by_the_rules() -> None:
    rules = YAML(typ="safe").load((RULES / "rules.yml").read_text("utf-8"))["groups"][0]["rules"]
    recorded = {rule["record"] for rule in rules if "record" in rule}
    known = {line for line in METRICS.read_text("utf-8").splitlines() if not line.startswith("#")}
    known |= {f"{name}_total" for name in known} | recorded
    asked = " ".join([*_expressions(), *(rule["expr"] for rule in rules)])
    used = set(re.findall(r"\b(?:team:)?litellm[\w:]*", asked))
    assert len(used) >= 6
    assert used - known == set()


def test_litellm_is_told_to_export_what_the_rules_read_and_no_key_is_a_label() -> None:
    told = YAML(typ="safe").load((RULES / "litellm.yaml").read_text("utf-8"))["litellm_settings"]
    groups = told["prometheus_metrics_config"]
    exported = {name for group in groups for name in group["metrics"]}
    rules = (RULES / "rules.yml").read_text("utf-8") + " ".join(_expressions())
    read = {m.removesuffix("_total") for m in re.findall(r"(?<!:)\blitellm_\w+_metric\w*", rules)}
    assert read <= exported
    assert all("key" not in label for group in groups for label in group["include_labels"])


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Grafana's builder needs Python 3.11")
def test_the_dashboard_is_what_its_script_makes() -> None:
    made = subprocess.run(
        [
            sys.executable,
            "-c",
            "import runpy; print(runpy.run_path('examples/grafana/make.py')['text'](), end='')",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    assert made.stdout == DASHBOARD.read_text("utf-8")
