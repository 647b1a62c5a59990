"""Zones of the policy on a machine without zone data, as Windows and small containers are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

POLICY = (
    "version: 1\nzone: {}\nteams: {{a: {{}}}}\nuse-cases: {{r: {{models: [m], cap-per-run: 1}}}}\n"
)


def check(folder: Path, zone: str) -> tuple[int, str]:
    path = folder / "policy.yml"
    path.write_text(POLICY.format(zone), encoding="utf-8")
    own = str(Path(sys.executable).with_name("ci-tokengate"))
    done = subprocess.run(
        [own, "policy", "check", str(path)],
        env={**os.environ, "PYTHONTZPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
def test_every_zone_is_known_without_the_systems_data(tmp_path: Path, zone: str) -> None:
    assert check(tmp_path, zone)[0] == 0


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "Europe", "CEST+2"])
def test_a_zone_there_is_not_is_one_clear_sentence(tmp_path: Path, zone: str) -> None:
    code, said = check(tmp_path, zone)
    assert (code, said.count("\n")) == (2, 2)
    assert f"zone: not a time zone, such as Europe/Berlin or UTC: {zone}" in said
