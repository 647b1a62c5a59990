"""`ci-tokengate demo`: the whole life of a pull request, on the sandbox, in seconds.

The way of it: setting, shims → runner → stage → acts → telling, page.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx

from ci_tokengate.sandbox.demo.acts import Story
from ci_tokengate.sandbox.demo.page import page
from ci_tokengate.sandbox.demo.proxies import PLAYGROUNDS
from ci_tokengate.sandbox.demo.setting import NUMBER, REPOSITORY
from ci_tokengate.sandbox.demo.shims import find_action
from ci_tokengate.sandbox.demo.stage import Stage, set_up
from ci_tokengate.sandbox.demo.telling import NotAsToldError, Teller, wrapped

_WIDEST = 100
_OPENING = (
    "A pull request from its first job to its merge, on a proxy and a GitHub of its own: nothing is "
    "spent. Every job runs the action as a runner does, {how}."
)
_BARE = "but by Python alone, since {missing}"
_NEXT = {
    "ci-tokengate init": "policy and workflows for your repository",
    "ci-tokengate doctor": "is your proxy set up as it should be?",
    "python -m ci_tokengate.sandbox": "this proxy, to play with",
}


def demo(env: Mapping[str, str], action: Path | None = None, *, proxy: str = "litellm") -> int:
    """Exit code 0 if every act went as told, 3 otherwise. `action`: other shims than our own.
    `proxy` is one of PLAYGROUNDS.
    """
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    tell = Teller(width=width, color=False if env.get("NO_COLOR") else None)
    try:
        with set_up(env, action or find_action(), PLAYGROUNDS[proxy]) as stage:
            _play(stage, tell)
    except (NotAsToldError, httpx.HTTPError, subprocess.SubprocessError) as error:
        tell.say("", f"✖ This did not go as told; it should be so: {error}.")
        return 3
    tell.title("Try next")
    last = {PLAYGROUNDS[proxy].where: "the same on your own proxy"}
    for command, what in {**_NEXT, **last}.items():
        tell.line(f"   {command:34}{what}")
    return 0


def _play(stage: Stage, tell: Teller) -> None:
    missing = "node is not on PATH"
    how = _BARE.format(missing=missing) if stage.way.bare else "main.mjs and post.mjs under node"
    for line in wrapped(_OPENING.format(how=how), tell.width):
        tell.line(line)
    story = Story(stage, tell)
    for number, (title, act) in enumerate(story.acts().items(), 1):
        tell.title(f"{number}  {title}")
        act()
    tell.title("What the reviewer sees")
    [comment] = stage.github.comments_on(NUMBER)
    for line in page(comment.body, comment.author.login, f"{REPOSITORY}#{NUMBER}", tell.width):
        tell.line(line)
