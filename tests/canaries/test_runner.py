"""Whatever the runner's adapter writes for people is without secrets and without commands."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest

from ci_tokengate.adapters.runner import GitHubRunner
from tests.canaries.leaks import leaks

SECRET = "canary-of-no-known-form/+0123"
TEXTS = (SECRET, base64.b64encode(f"x:{SECRET}".encode()).decode(), SECRET.encode().hex())


@pytest.mark.parametrize("text", TEXTS)
def test_no_way_of_speaking_lets_a_hidden_value_through(tmp_path: Path, text: str) -> None:
    out, summary = io.StringIO(), tmp_path / "summary"
    runner = GitHubRunner({"GITHUB_STEP_SUMMARY": str(summary)}, out)
    runner.hide(["", f" {SECRET}\n"])
    runner.say(f"said {text}")
    runner.annotate("error", "title", f"annotated {text}")
    runner.summary(f"summed up {text}")
    said = out.getvalue() + summary.read_text(encoding="utf-8")
    assert said.count("***") == 3
    assert leaks(said, [SECRET]) == []


@pytest.mark.parametrize(
    "text", ["::stop-commands::x", "a\n::add-mask::a", "##[add-path]/tmp", "x ##[group]", "::::"]
)
def test_no_line_of_the_log_can_be_taken_for_a_command(text: str) -> None:
    out = io.StringIO()
    GitHubRunner({}, out).say(text)
    assert "::" not in out.getvalue()
    assert "##[" not in out.getvalue()


def test_an_annotation_stays_one_line() -> None:
    out = io.StringIO()
    GitHubRunner({}, out).annotate("error", "a,b:c\n", "one\r\n::add-mask::two%0A")
    assert out.getvalue() == "::error title=a%2Cb%3Ac%0A::one%0D%0A::add-mask::two%250A\n"
