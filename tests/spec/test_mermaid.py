"""The report's Mermaid is drawn by Mermaid itself, in a real Chromium: what a step summary shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.docs.tables import ROOT
from tests.render.showback.browser import Browser, browser, chromium

pytestmark = pytest.mark.spec
MERMAID = ROOT / ".spec" / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"
GOLDEN = ROOT / "tests" / "render" / "showback" / "golden"
FENCE = re.compile(r"```mermaid\n(.*?)\n```", re.DOTALL)
CHARTS = [
    pytest.param(chart, id=f"{path.stem}-{number}")
    for path in sorted(GOLDEN.glob("*.md"))
    for number, chart in enumerate(FENCE.findall(path.read_text("utf-8")))
]
DRAW = """
mermaid.initialize({startOnLoad: false, securityLevel: 'strict'});
mermaid.render('chart', %s).then(
  found => ({type: found.diagramType, svg: found.svg}), error => ({error: error.message}))
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    assert MERMAID.exists(), "npm has not installed it: run make test-spec"
    assert chromium() is not None, "There is no Chromium: apt-get install chromium"
    folder = tmp_path_factory.mktemp("mermaid")
    file = folder / "page.html"
    file.write_text(f'<!doctype html><script src="{MERMAID.as_uri()}"></script>', encoding="utf-8")
    with browser(folder) as found:
        found.look(file)
        yield found


def drawn(page: Browser, chart: str) -> dict[str, str]:
    answer = page.ask(
        "Runtime.evaluate",
        expression=DRAW % json.dumps(chart),
        awaitPromise=True,
        returnByValue=True,
    )
    found: dict[str, str] = answer["result"]["value"]
    return found


@pytest.mark.parametrize("chart", CHARTS)
def test_mermaid_draws_each_chart_of_each_report(page: Browser, chart: str) -> None:
    found = drawn(page, chart)
    assert found.get("type") == ("pie" if chart.startswith("pie") else "xychart"), found
    assert "<script" not in found["svg"]
    assert "javascript:" not in found["svg"]


@pytest.mark.parametrize("chart", [c for c in CHARTS if "xychart" in str(c.values[0])])
def test_bars_begin_at_zero(page: Browser, chart: str) -> None:
    assert begins_at_zero(drawn(page, chart)["svg"])
    without = re.sub(r" 0 --> [0-9.]+", "", chart)
    numbers = re.search(r"bar \[(.*)\]", without)
    assert numbers is not None
    if len(set(numbers[1].split(", "))) > 1:
        assert not begins_at_zero(drawn(page, without)["svg"]), "the control"


def begins_at_zero(svg: str) -> bool:
    return re.search(r">\s*0\s*</text>", svg) is not None


def test_what_is_no_chart_is_refused(page: Browser) -> None:
    assert "Parse error" in drawn(page, "xychart-beta\n    bar [a b")["error"]
