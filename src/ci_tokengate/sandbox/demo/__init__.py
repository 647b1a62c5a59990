"""`ci-tokengate demo`: the whole life of a pull request, on the sandbox, in seconds.

The way of it: shims → runner → stage → acts → telling, page.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx

from ci_tokengate.sandbox.demo.acts import NotAsToldError, Story
from ci_tokengate.sandbox.demo.shims import find_action
from ci_tokengate.sandbox.demo.stage import set_up
from ci_tokengate.sandbox.demo.telling import Teller


def demo(env: Mapping[str, str], action: Path | None = None) -> int:
    """Exit code 0 if every act went as told, 3 otherwise. `action` is where the shims are."""
    tell = Teller(width=min(shutil.get_terminal_size().columns, 100), color=None)
    with set_up(env, action or find_action()) as stage:
        story = Story(stage, tell)
        for number, (title, act) in enumerate(story.acts().items(), 1):
            tell.title(f"{number}  {title}")
            try:
                act()
            except (NotAsToldError, httpx.HTTPError, OSError, subprocess.SubprocessError) as error:
                tell.say("", f"✖ This did not go as told: {error}.")
                return 3
        print(stage.comments()[0])
    return 0
