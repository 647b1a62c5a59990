"""The page as people see it, in a real headless Chromium. The pictures stay in .cache/report."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ci_tokengate.render.showback.page import page
from tests.docs.tables import ROOT
from tests.render.showback import acme, hostile
from tests.render.showback.browser import Browser, browser, chromium

KEPT = ROOT / ".cache" / "report"
FINDERS = """
({
  wide: [...document.querySelectorAll('main *')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width && !e.closest('svg') && (box.right > innerWidth + 1 || box.left < -1);
  }).map(e => e.outerHTML.slice(0, 80)),
  cut: [...document.querySelectorAll('.card, td, .big, .chip, .fig')].filter(e =>
    e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline'
  ).map(e => e.outerHTML.slice(0, 80)),
  charts: document.querySelectorAll('.card > svg').length,
  ink: getComputedStyle(document.body).color, back: getComputedStyle(document.body).backgroundColor,
  label: getComputedStyle(document.querySelector('.card > svg text')).fill,
  scripts: document.scripts.length,
})
"""


@pytest.fixture(scope="module")
def seen_by(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if chromium() is None:
        if os.environ.get("CI"):
            pytest.fail("There is no Chromium: apt-get install chromium")
        pytest.skip("There is no Chromium here; CI has one")
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page(acme.report()), encoding="utf-8")
    return path


def luminance(color: str) -> float:
    """Of `rgb(…)`, as WCAG has it. Source: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(n) / 255 for n in re.findall(r"\d+", color)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    dark, light = sorted([luminance(one), luminance(two)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1200])
def test_the_page_loads_nothing_and_nothing_overflows(
    seen_by: Browser, file: Path, width: int, scheme: str
) -> None:
    found = seen_by.look(file, width=width, scheme=scheme, script=FINDERS)
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{scheme}-{width}.png").write_bytes(found.png)
    assert found.requests == [file.as_uri()]
    assert found.complaints == []
    assert found.scroll_width == found.width == width
    assert found.inner["wide"] == []
    assert found.inner["cut"] == []
    assert (found.inner["charts"], found.inner["scripts"]) == (5, 0)
    assert contrast(found.inner["ink"], found.inner["back"]) > 7
    assert contrast(found.inner["label"], found.inner["back"]) > 4.5
    assert (luminance(found.inner["back"]) > 0.5) == (scheme == "light")


def test_bad_names_run_nothing_load_nothing_and_do_not_overflow(
    seen_by: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(page(hostile.report()), encoding="utf-8")
    for width in (390, 1200):
        found = seen_by.look(path, width=width, script=FINDERS)
        assert found.requests == [path.as_uri()]
        assert found.complaints == []
        assert found.scroll_width == width
        assert (found.inner["wide"], found.inner["scripts"]) == ([], 0)


def test_a_page_that_tries_to_load_something_is_noticed(seen_by: Browser, tmp_path: Path) -> None:
    """The check itself: what the page's own policy forbids is seen as a complaint."""
    path = tmp_path / "bad.html"
    bad = page(acme.report()).replace("<main>", '<main><img src="http://127.0.0.1:9/x.png">')
    path.write_text(bad, encoding="utf-8")
    found = seen_by.look(path)
    assert any("Content Security Policy" in said for said in found.complaints)


def test_it_prints_on_few_pages(seen_by: Browser, file: Path) -> None:
    seen_by.look(file)
    printed = seen_by.print()
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / "report.pdf").write_bytes(printed)
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 2 <= pages <= 5
