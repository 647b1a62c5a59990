"""Actors that take turns by a script: threads of which one at a time runs, from step to step.

scene = Scene(choose)            # choose(n): which of n actors that could run goes on
scene.act(lambda actor: publish(FakeComments(step=actor.step), …, clock=actor, …))
scene.play()
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread

from tests.fakes import NOW

_WINDOW = 4
"""Steps from a listing to the end of the write upon it, each with one before and one after it: an
actor who sleeps gives all others the time for as many. That is what his sleep is for."""


@dataclass(eq=False)
class Actor:
    """A clock, too: `now` is the scene's time."""

    scene: Scene
    steps: int = 0
    finished: bool = False
    failure: BaseException | None = None
    owed: dict[Actor, int] = field(default_factory=dict)
    turn: Event = field(default_factory=Event)
    parked: Event = field(default_factory=Event)

    def step(self, _what: str = "") -> None:
        self.steps += 1
        self.parked.set()
        assert self.turn.wait(60)
        self.turn.clear()

    def now(self) -> datetime:
        return self.scene.now

    def sleep(self, seconds: float) -> None:
        others = [a for a in self.scene.actors if a is not self and not a.finished and not a.owed]
        self.owed = {other: other.steps + _WINDOW for other in others}
        self.step()
        self.owed = {}

    def sleeps(self) -> bool:
        return any(
            not other.finished and not other.owed and other.steps < until
            for other, until in self.owed.items()
        )


@dataclass
class Scene:
    choose: Callable[[int], int]
    now: datetime = NOW
    actors: list[Actor] = field(default_factory=list)
    _threads: list[Thread] = field(default_factory=list)

    def act(self, what: Callable[[Actor], object]) -> None:
        actor = Actor(scene=self)

        def run() -> None:
            try:
                actor.step()
                what(actor)
            except BaseException as error:  # noqa: BLE001 - told by `play`, in the test's own thread
                actor.failure = error
            actor.finished = True
            actor.parked.set()

        self.actors.append(actor)
        self._threads.append(Thread(target=run, daemon=True))

    def play(self) -> None:
        """Until all have ended. Raises the first failure there was."""
        for actor, thread in zip(self.actors, self._threads, strict=True):
            thread.start()
            assert actor.parked.wait(60)
        while running := [actor for actor in self.actors if not actor.finished]:
            ready = [actor for actor in running if not actor.sleeps()]
            actor = ready[self.choose(len(ready))]
            self.now += timedelta(milliseconds=50)
            actor.parked.clear()
            actor.turn.set()
            assert actor.parked.wait(60)
        for actor in self.actors:
            if actor.failure is not None:
                raise actor.failure
