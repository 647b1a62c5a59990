"""What is true of every failure, whatever its cause."""

from __future__ import annotations

from tests.stage.entries import Done, Step
from tests.stage.world import TOKEN, World


def complaint_of(done: Done) -> str:
    """The one sentence and the hint of a failed command, on standard error and nowhere else."""
    assert "Traceback" not in done.said
    lines = done.err.splitlines()
    mark = "?" if done.code == 3 else "✖"
    assert lines[0].startswith(f"{mark} "), done.err
    assert len(lines) == 2, done.err
    assert lines[1].startswith("  "), f"no hint: {done.err}"
    assert done.out == ""
    return " ".join(done.err.split())


def annotation_of(step: Step, level: str = "error") -> str:
    """The one annotation of a step that failed."""
    assert "Traceback" not in step.said
    assert step.err == ""
    marked = [line for line in step.out.splitlines() if line.startswith(f"::{level} ")]
    assert len(marked) == 1, step.out
    return marked[0].split("::", 2)[2].replace("%25", "%")


def nothing_is_left(world: World) -> None:
    assert world.live == []
    assert not list(world.folder.rglob("tokengate-*"))


def nothing_was_minted(world: World) -> None:
    assert world.minted == 0
    nothing_is_left(world)
    for job in world.jobs:
        assert (job.folder / "env").read_text(encoding="utf-8") == ""


def no_secret_is_said(world: World, done: Done) -> None:
    for secret in (world.sandbox.minter_key, world.sandbox.admin_key, TOKEN, *world.source.keys):
        assert secret not in done.said
