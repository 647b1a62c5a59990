"""Exemptions at the base commit: honoured in their window and use case, and named where they are wrong."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.stage.claims import annotation_of, complaint_of, nothing_was_minted
from tests.stage.world import BASE, HEAD, PATH, POLICY, World

TODAY = datetime.now(timezone.utc).date()
DAY = timedelta(days=1)
FOLDER = ".github/exemptions"
STOPPED = "past its hard stop"


def _text(**changes: object) -> str:
    fields = {
        "team": "search-squad",
        "extra": "50.00",
        "from": TODAY - DAY,
        "until": TODAY + DAY,
        "reason": "the release",
        "requested-by": "octocat",
    } | {name.replace("_", "-").rstrip("-"): value for name, value in changes.items()}
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value is not None)


def _past_its_stop(
    world: World, *, ref: str = BASE, name: str = "release.yml", **changes: object
) -> None:
    world.spend("search-squad", "312.40")
    world.github.files[(ref, f"{FOLDER}/{name}")] = _text(**changes)


def _job(world: World, use_case: str = "code-review") -> str:
    job = world.job(**{"INPUT_TEAM": "search-squad", "INPUT_USE-CASE": use_case})
    step = job.main()
    assert step.code == (1 if "::error" in step.out else 0)
    return step.out


def test_an_exemption_at_the_base_commit_lets_the_team_work_past_its_hard_stop(
    world: World,
) -> None:
    _past_its_stop(world)
    said = _job(world)
    assert "search-squad may run code-review by an exemption of $50.00 until" in said
    assert "$37.60 is left" in said
    assert [key.max_budget for key in world.live] == [2]


def test_a_key_gets_no_more_than_what_is_left_of_the_exemption(world: World) -> None:
    _past_its_stop(world, extra="13.15")
    _job(world)
    assert [str(key.max_budget) for key in world.live] == ["0.75"]


def test_no_key_outlives_the_exemption_it_was_minted_by(world: World) -> None:
    soon = datetime.now(timezone.utc) + timedelta(minutes=10)
    _past_its_stop(world, until=f'"{soon.isoformat()}"')
    _job(world)
    [key] = world.live
    assert key.expires is not None
    assert key.expires <= soon + timedelta(seconds=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"team": "payments-squad"},
        {"use_case": "embeddings"},
        {"from_": TODAY + DAY, "until": TODAY + 2 * DAY},
        {"from_": TODAY - 5 * DAY, "until": TODAY - 3 * DAY},
        {"extra": "12.40"},
        {"ref": HEAD},
        {"name": f"{TODAY - 3 * DAY}-release.yml"},
        {"name": "release.txt"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_exemption_that_is_not_for_this_job_and_moment_does_nothing(
    world: World, changes: dict[str, object]
) -> None:
    _past_its_stop(world, **changes)  # type: ignore[arg-type]
    assert STOPPED in _job(world)
    nothing_was_minted(world)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"extra": "500$"}, "extra: not an amount in USD"),
        ({"extra": "0"}, "extra: input should be greater than 0"),
        ({"team": "serch-squad"}, "there is no team 'serch-squad'. Did you mean search-squad?"),
        ({"use_case": "review"}, "there is no use case 'review'"),
        ({"until": TODAY - 2 * DAY}, "before it begins"),
        ({"until": TODAY + 30 * DAY}, "longer than 14 days"),
        ({"from_": "2026-02-29"}, "2026-02-29 is not a day of the calendar"),
        ({"from_": "tomorrow"}, "from: not a day or a time"),
        ({"from_": "20261201"}, "from: not a day or a time"),
        ({"until": "9999-12-31"}, "is more than the calendar has"),
        ({"from_": "'0001-01-01T00:00+14:00'"}, "is more than the calendar has"),
        ({"reason": None}, "reason is missing"),
        ({"requested_by": None}, "requested-by is missing"),
        ({"untill": "2026-12-01"}, "unknown key untill"),
    ],
    ids=str,
)
def test_what_is_no_exemption_grants_nothing_and_is_named_with_its_place(
    world: World, changes: dict[str, object], words: str
) -> None:
    _past_its_stop(world, **changes)  # type: ignore[arg-type]
    said = _job(world).replace("%25", "%")
    assert STOPPED in said
    assert f"No exemption: {FOLDER}/release.yml@{BASE[:12]}" in said
    assert words in said
    nothing_was_minted(world)


def test_a_name_that_begins_with_a_day_before_the_windows_last_is_told_while_it_is_read(
    world: World,
) -> None:
    """It would be passed over from that day on, and the exemption gone in the middle of its window."""
    _past_its_stop(world, name=f"{TODAY}-release.yml", until=TODAY + 2 * DAY)
    said = _job(world)
    assert STOPPED in said
    assert (
        f"{TODAY}-release.yml begins with a day before its window's last, {TODAY + 2 * DAY}" in said
    )
    world.github.files.pop((BASE, f"{FOLDER}/{TODAY}-release.yml"))
    _past_its_stop(world, name=f"{TODAY + 2 * DAY}-release.yml", until=TODAY + 2 * DAY)
    assert "by an exemption of $50.00" in _job(world)


def test_a_last_day_in_quotes_is_a_whole_day_too(world: World) -> None:
    """Until the end of today: as a time it would have been over since midnight."""
    _past_its_stop(world, until=f'"{TODAY}"', from_=f"'{TODAY}'")
    assert "by an exemption of $50.00" in _job(world)


def test_the_folder_is_not_even_looked_at_while_the_team_is_well(world: World) -> None:
    _past_its_stop(world)
    world.spend("search-squad", "20")
    _job(world)
    assert [asked for asked in world.github.asked if FOLDER in asked] == []


def test_an_exemption_can_stand_in_the_policy_itself(world: World) -> None:
    granted = ", ".join(line.replace(": ", ": ", 1) for line in _text().splitlines())
    world.github.files[(BASE, PATH)] = f"{POLICY}exemptions: {{granted: [{{{granted}}}]}}\n"
    world.spend("search-squad", "312.40")
    assert "by an exemption of $50.00" in _job(world)


def test_a_mistake_in_the_policys_own_exemptions_is_a_mistake_of_the_policy(world: World) -> None:
    granted = ", ".join(_text(team="nobody").splitlines())
    world.github.files[(BASE, PATH)] = f"{POLICY}exemptions: {{granted: [{{{granted}}}]}}\n"
    step = world.job().main()
    assert step.code == 2
    assert "there is no team 'nobody'" in annotation_of(step)


def test_a_zone_that_does_not_exist_is_named(world: World) -> None:
    world.github.files[(BASE, PATH)] = f"{POLICY}zone: Mars/Olympus\n"
    step = world.job().main()
    assert step.code == 2
    assert "zone: not a time zone" in annotation_of(step)


def test_policy_check_names_the_mistakes_of_the_folder_too(world: World) -> None:
    policy = world.folder / "policy.yml"
    policy.write_text(POLICY, encoding="utf-8")
    folder = world.folder / "exemptions"
    folder.mkdir()
    (folder / "good.yml").write_text(_text(), encoding="utf-8")
    done = world.cli("policy", "check", str(policy))
    assert (done.code, "1 exemption" in done.out) == (0, True)
    (folder / "bad.yml").write_text(_text(extra="500$"), encoding="utf-8")
    done = world.cli("policy", "check", str(policy))
    assert done.code == 2
    assert "bad.yml" in complaint_of(done)
