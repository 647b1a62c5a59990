"""`make screenshot`: docs/comment.png, the comment of a pull request as Chromium shows it.

The comment is that of a real run: the demo's jobs, by the action's own shims. The Markdown is rendered by
GitHub's own fork of cmark, and the style is ours, near GitHub's. `--markdown FILE` shows another comment,
`--hostile` one that is full of hostile names.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

from ci_tokengate.render.comment import comment
from ci_tokengate.sandbox.demo.acts import Story
from ci_tokengate.sandbox.demo.shims import find_action
from ci_tokengate.sandbox.demo.stage import set_up
from ci_tokengate.sandbox.demo.telling import Teller
from tests.render.page import html_of
from tests.render.test_hostile_names import BY, HOSTILE, hostile_report

ROOT = Path(__file__).parents[2]
STYLE = """
body { margin: 0; padding: 16px; background: #fff; color: #1f2328;
  font: 14px/1.5 "Noto Sans", "DejaVu Sans", "Liberation Sans", sans-serif; }
.box { width: 880px; border: 1px solid #d0d7de; border-radius: 6px; }
.head { padding: 8px 16px; background: #f6f8fa; border-bottom: 1px solid #d0d7de; color: #59636e;
  border-radius: 6px 6px 0 0; }
.head b { color: #1f2328; } .head i { font-style: normal; border: 1px solid #d0d7de;
  border-radius: 9px; padding: 0 6px; font-size: 12px; }
.body { padding: 16px; } .body > :first-child { margin-top: 0; } .body > :last-child { margin-bottom: 0; }
h3 { font-size: 1.25em; margin: 16px 0; font-weight: 600; } p, table, ul { margin: 0 0 16px; }
table { border-collapse: collapse; } th, td { border: 1px solid #d0d7de; padding: 6px 13px; }
tr:nth-child(2n) { background: #f6f8fa; } th { font-weight: 600; } ul { padding-left: 2em; }
code { background: #818b981f; border-radius: 6px; padding: .2em .4em; font: 85% "DejaVu Sans Mono", monospace; }
a { color: #0969da; } details { margin-bottom: 16px; } sub { font-size: 75%; }
summary { cursor: default; } .alert { border-left: 4px solid #9a6700; padding: 8px 16px; margin-bottom: 16px; }
.alert p { margin: 0; } .alert b { color: #9a6700; }
"""
ALERT = re.compile(r"<blockquote>\s*<p>\[!WARNING\](?:<br />)?(.*?)</p>\s*</blockquote>", re.DOTALL)


HEIGHT = "<script>document.body.dataset.height = document.documentElement.offsetHeight</script>"


def page(markdown: str) -> str:
    body = html_of(markdown)
    body = ALERT.sub(r'<div class="alert"><b>⚠ Warning</b><p>\1</p></div>', body)
    body = body.replace("<details>", "<details open>")
    who = "<b>github-actions</b> <i>bot</i> commented"
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>comment</title>'
        f'<style>{STYLE}</style></head><body><div class="box"><div class="head">{who}</div>'
        f'<div class="body">{body}</div></div>{HEIGHT}</body></html>'
    )


def from_a_run() -> str:
    """The comment of the demo's pull request after its jobs, before its merge: the whole action by its
    own shims, on the sandbox's proxy and GitHub. Nothing of it is written by hand."""
    with set_up(os.environ, find_action()) as found, redirect_stdout(io.StringIO()):
        stage = replace(found, env={**found.env, "GITHUB_SERVER_URL": "https://github.com"})
        for act in [*Story(stage, Teller(width=100, color=False)).acts().values()][:-1]:
            act()
        stage.sandbox.flush()
        stage.catch_up()
        ended = stage.job("settle", 9004, {"mode": "settle"}).main()
        if ended.code:
            sys.exit(f"settle ended with {ended.code}: {ended.said} {ended.warned}")
        [markdown] = stage.comments()
    return markdown


def shoot(browser: str, markdown: str, out: Path) -> None:
    """As high as the page is."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "comment.html"
        source.write_text(page(markdown), encoding="utf-8")
        command = [browser, "--headless", "--disable-gpu", "--no-sandbox", "--hide-scrollbars"]
        command += [f"--user-data-dir={folder}/profile"]

        def run(height: int, what: str) -> str:
            asked = [*command, f"--window-size=914,{height}", what, source.as_uri()]
            done = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=60)
            return done.stdout

        [height] = re.findall(r'data-height="(\d+)"', run(600, "--dump-dom"))
        run(int(height), f"--screenshot={out}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.render.screenshot", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "comment.png")
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--hostile", action="store_true")
    options = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("There is no Chromium here: apt-get install chromium")
    if options.markdown is not None:
        markdown = options.markdown.read_text(encoding="utf-8")
    elif options.hostile:
        markdown = comment(hostile_report(" ".join(HOSTILE.values())), BY)
    else:
        markdown = from_a_run()
    shoot(browser, markdown, options.out.resolve())


if __name__ == "__main__":
    main()
