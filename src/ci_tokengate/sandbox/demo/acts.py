"""The acts of the demo, in their order. Each runs the real thing, tells what was said, and checks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

import httpx

from ci_tokengate.sandbox.demo.runner import Ended, Job
from ci_tokengate.sandbox.demo.setting import NUMBER
from ci_tokengate.sandbox.demo.stage import Stage
from ci_tokengate.sandbox.demo.telling import Teller, expect

SONNET, HAIKU = "claude-sonnet", "claude-haiku"


class Story:
    """What the acts have in common: the stage, the voice, and the jobs that are still going."""

    def __init__(self, stage: Stage, tell: Teller) -> None:
        self._stage, self._tell = stage, tell
        self._jobs: dict[str, Job] = {}

    def acts(self) -> Mapping[str, Callable[[], None]]:
        return {
            f"Pull request #{NUMBER} is opened: two jobs ask for a key": self._ask,
            "Their agents work, and one runs into its key's cap": self._work,
            "The machine of a third job is lost": self._lose,
            "The jobs end, and their keys with them": self._end,
            "Another team is past its hard stop": self._block,
            "The hourly sweep finds the key that was left behind": self._sweep,
            f"{self._stage.playground.later} the pull request is merged, and its cost is final": self._merge,
        }

    def _ask(self) -> None:
        self._start("review", 9001, {})
        self._start("fix-tests", 9001, {"use-case": "fix-tests"})

    def _start(self, name: str, run_id: int, inputs: Mapping[str, str]) -> None:
        job = self._stage.job(name, run_id, inputs)
        ended = job.main()
        self._tell.say(name, *ended.said, *_marked(ended if ended.code else None))
        expect(ended.code == 0 and bool(job.key), f"{name} gets a key")
        self._jobs[name] = job

    def _work(self) -> None:
        statuses = [
            self._call("review", SONNET, "in=24000 out=1800 cw=18000"),
            self._call("review", SONNET, "in=21000 out=2400 cr=18000"),
            self._call("fix-tests", HAIKU, "in=20000 out=2000"),
            self._call("fix-tests", HAIKU, self._stage.playground.fill),
            self._call("fix-tests", HAIKU, "in=22000 out=1500"),
        ]
        past = self._stage.playground.past_cap
        expect(statuses == [200, 200, 200, 200, past], "only the call past the cap is refused")

    def _lose(self) -> None:
        name = "docs"
        job = self._jobs[name] = self._stage.job(name, 9002, {})
        expect(job.lose_the_machine(), f"{name} gets a key")
        self._tell.say(
            name, "SIGKILL just after the mint: post never runs, and the key still works."
        )
        expect(self._call(name, SONNET, "in=6000 out=400") == 200, "its key still works")
        self._stage.finish(9002, "failure")

    def _end(self) -> None:
        self._stage.sandbox.flush()
        for name, model in (("review", SONNET), ("fix-tests", HAIKU)):
            ended = self._jobs[name].post()
            revoked = [text for text in ended.said if text.startswith("The job key")]
            self._tell.say(name, *revoked, *_marked(ended))
            expect(ended.code == 0, f"post of {name} ends well")
            expect(self._call(name, model, "hello") == 401, f"the key of {name} is revoked")
        self._stage.finish(9001, "success")
        self._tell.say("comment", self._headline())
        expect("provisional" in self._headline(), "the comment is provisional")

    def _block(self) -> None:
        job = self._stage.job("search", 9003, {"team": "search-squad"})
        ended = job.main()
        self._tell.say("search", *ended.said)
        job.post()
        self._stage.finish(9003, "failure")
        expect(ended.code == 1 and not job.key, "its step fails, and it has no key")

    def _sweep(self) -> None:
        done = self._stage.sweep()
        self._tell.say("sweep", *done.stdout.splitlines(), *done.stderr.splitlines())
        expect(done.returncode == 0, "the sweep ends well")
        expect(self._call("docs", SONNET, "hello") == 401, "the key of docs is revoked")

    def _merge(self) -> None:
        stage = self._stage
        stage.sandbox.flush()
        stage.catch_up()
        stage.github.close_pull(NUMBER, merged=True)
        job = stage.job("settle", 9004, {"mode": "settle"})
        ended = job.main()
        job.post()
        final = [text for text in ended.said if text.startswith(f"#{NUMBER}")]
        self._tell.say("settle", *final, *_marked(ended))
        cost, truth = job.outputs.get("cost-usd", ""), stage.log_total()
        expect(ended.code == 0 and job.outputs.get("cost-state") == "settled", "it is settled")
        expect(Decimal(cost or "NaN") == truth, f"it is the sum of the proxy's log, ${truth}")
        expect("merged, final" in self._headline(), "the one comment says so")
        self._tell.say("settle", f"✔ ${cost}: exactly what the rows of the proxy's log add up to.")
        self._tell.say("settle", stage.playground.told)

    def _call(self, name: str, model: str, prompt: str) -> int:
        """An agent's call with the key of the job."""
        answer = self._stage.call(self._jobs[name], model, prompt)
        self._tell.say(
            name, f"POST /v1/messages, {model} → {answer.status_code}, {self._told(answer)}"
        )
        return answer.status_code

    def _told(self, answer: httpx.Response) -> str:
        if answer.status_code != 200:
            return str(answer.json()["error"]["type"])
        return self._stage.playground.price(answer)

    def _headline(self) -> str:
        """The comment's first line, without its markup. There is one comment, or it is told."""
        comments = self._stage.comments()
        expect(len(comments) == 1, "there is one comment")
        return re.sub(r"^#+ |</?code>|\*\*", "", comments[0].splitlines()[0])


def _marked(ended: Ended | None) -> list[str]:
    return [f"! {text}" for text in ended.warned] if ended else []
