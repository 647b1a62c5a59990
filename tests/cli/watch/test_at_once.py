"""Several watchers of one ledger, at the same time, each a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timezone

from ci_tokengate.wiring.ledgers import open_ledger
from tests.cli.watch.conftest import Scene
from tests.cli.watch.receiver import SECRET
from tests.stage.days import at_midnight, spend, week
from tests.stage.reading import READING_KEY

WATCHERS = 3


def test_watchers_at_once_tell_each_place_once(scene: Scene) -> None:
    now = datetime.now(timezone.utc)
    scene.clock.advance(now - scene.clock())
    for team in ("payments-squad", "search-squad", "platform"):
        week(scene.sandbox, team, now, "10")
        spend(scene.sandbox, team, at_midnight(now), "90")
    url = f"sqlite:///{scene.folder}/ledger.db"
    open_ledger(url).close()
    env = {
        **os.environ,
        "TOKENGATE_POLICY": str(scene.folder / "policy.yml"),
        "TOKENGATE_PROXY_URL": scene.sandbox.url,
        "TOKENGATE_READING_KEY": READING_KEY,
        "TOKENGATE_LEDGER_URL": url,
        "TOKENGATE_SLACK_WEBHOOK": scene.slack.url,
        "TOKENGATE_WEBHOOK_URL": scene.receiver.url,
        "TOKENGATE_WEBHOOK_SECRET": SECRET,
    }
    command = [sys.executable, "-m", "ci_tokengate", "watch", "--now"]
    command += ["--send", "slack", "--send", "webhook"]
    watchers = [
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(WATCHERS)
    ]
    said = [watcher.communicate(timeout=120) for watcher in watchers]
    assert [watcher.returncode for watcher in watchers] == [0] * WATCHERS, said
    assert sorted(m["team"] for m in scene.receiver.taken) == [
        *("payments-squad", "platform", "search-squad")
    ]
    told = " ".join(str(message) for message in scene.slack.messages)
    assert told.count(":rotating_light:") == 3
