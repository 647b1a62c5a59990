"""`watch`, as a schedule runs it: what it looks at, and what each day is."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from tests.cli.watch.conftest import NOW, POLICY, Scene
from tests.stage.days import ROUTES, alias, reader, spend, week

HOUR = timedelta(hours=1)


def test_it_fires_for_the_day_that_is_out_of_the_ordinary_and_not_for_the_steady_team(
    spiking: Scene,
) -> None:
    found = spiking.seen()
    assert [(a["kind"], a["team"]) for a in found["alerts"]] == [("spike", "payments-squad")]
    [alert] = found["alerts"]
    assert (alert["today_usd"], alert["mean_usd"], alert["times"]) == ("50", "10", "5")
    steady = next(t for t in found["teams"] if t["team"] == "search-squad")
    assert (steady["reading"], steady["today_usd"], steady["spike"]) == ("usual", "5", False)


def test_the_day_is_told_by_model_use_case_pull_request_and_job_with_a_likely_cause(
    spiking: Scene,
) -> None:
    out = spiking.watch().out
    for part in (
        "Likely it runs on every push: review on acme/shop#7 ran 5 times, $50.00.",
        "models         claude-sonnet $50.00 (100 %)",
        "use cases      code-review $50.00 (100 %)",
        "pull requests  acme/shop#7 $50.00 (100 %)",
        "jobs           review of acme/shop $50.00 (100 %)",
        "The other 2 teams: nothing out of the ordinary.",
    ):
        assert part in out


def test_a_job_that_was_not_there_in_the_week_before_is_named_as_new(scene: Scene) -> None:
    week(scene.sandbox, "platform", NOW, "10")
    for n in range(6):
        spend(scene.sandbox, "platform", NOW - HOUR, "10", name=alias(n, f"{n}.1", "refactor"))
    cause = scene.team("platform")["cause"]
    assert cause["kind"] == "new-job"
    assert cause["text"].startswith("Likely a new job: refactor of acme/shop was not seen")


@pytest.mark.parametrize(
    ("before", "today", "reading"),
    [
        (["10"] * 7, "29.99", "usual"),
        (["10"] * 7, "30", "spike"),
        (["10"] * 6, "500", "too-new"),
        ([], "500", "too-new"),
        ([], "", "no-baseline"),
        (["0.5"] * 7, "19.99", "below-floor"),
        (["10"] * 6 + ["-1000"], "26", "spike"),
        (["10"] * 7, "-5", "usual"),
    ],
)
def test_each_thin_case_has_its_outcome_and_only_a_spike_is_told(
    scene: Scene, before: list[str], today: str, reading: str
) -> None:
    for back, amount in enumerate(reversed(before), 1):
        spend(scene.sandbox, "platform", NOW - timedelta(days=back), amount)
    if today:
        spend(scene.sandbox, "platform", NOW - HOUR, today)
    found = scene.seen()
    [team] = [t for t in found["teams"] if t["team"] == "platform"]
    assert team["reading"] == reading
    assert len(found["alerts"]) == (reading == "spike")


def test_spend_of_eight_to_fourteen_days_ago_makes_a_team_an_old_one(scene: Scene) -> None:
    """One that rests on some days is not new on each of them."""
    for back in (13, 5, 4, 3):
        spend(scene.sandbox, "platform", NOW - timedelta(days=back), "7")
    spend(scene.sandbox, "platform", NOW - HOUR, "40")
    assert scene.team("platform")["reading"] == "spike"


def test_before_the_policys_hour_the_day_is_not_judged_unless_asked(spiking: Scene) -> None:
    spiking.policy(POLICY + "watch: {hour: 17}\n")
    early = spiking.watch()
    assert early.code == 0
    assert "The day is judged from 17:00 UTC on (--now: at once)" in early.out
    assert "New:" not in early.out
    assert spiking.seen()["alerts"] == []
    assert len(spiking.seen("--now")["alerts"]) == 1
    spiking.later(minutes=30)
    assert len(spiking.seen()["alerts"]) == 1


def test_the_hour_is_the_zones(spiking: Scene) -> None:
    spiking.policy(POLICY + "zone: America/New_York\n")
    assert not spiking.seen()["judged"]
    spiking.policy(POLICY + "zone: Europe/Berlin\n")
    assert spiking.seen()["judged"]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "Asia/Kolkata"])
def test_days_are_the_zones_to_the_second(scene: Scene, zone: str) -> None:
    """$10 a day at both of its ends, $31 today: one second into the next or the last would be seen."""
    from zoneinfo import ZoneInfo

    scene.policy(POLICY + f"zone: {zone}\n")
    here = ZoneInfo(zone)
    today = NOW.astimezone(here).date()

    def at(back: int, clock: str) -> datetime:
        local = datetime.fromisoformat(f"{today - timedelta(days=back)}T{clock}")
        return local.replace(tzinfo=here).astimezone(timezone.utc)

    spend(scene.sandbox, "platform", at(8, "23:59:59"), "500")
    for back in range(1, 8):
        spend(scene.sandbox, "platform", at(back, "00:00:00"), "5")
        spend(scene.sandbox, "platform", at(back, "23:59:59"), "5")
    spend(scene.sandbox, "platform", at(0, "00:00:00"), "30")
    found = scene.team("platform", "--now")
    assert (found["today_usd"], found["mean_usd"]) == ("30", "10")
    assert (found["reading"], found["exact"]) == ("spike", True)


def test_a_team_that_cannot_be_alarming_is_not_asked_the_log_about(scene: Scene) -> None:
    scene.policy(POLICY + "zone: Asia/Tokyo\n")
    week(scene.sandbox, "platform", NOW, "10")
    spend(scene.sandbox, "platform", NOW - HOUR, "12")
    found = scene.team("platform", "--now")
    assert (found["reading"], found["exact"]) == ("usual", False)
    assert "≤ $12.00" in scene.watch("--now", "--team", "platform").out


def test_a_key_that_may_not_read_the_log_still_warns_and_says_what_it_lacks(spiking: Scene) -> None:
    reader(spiking.sandbox, tuple(r for r in ROUTES if r != "/spend/logs/v2"))
    done = spiking.watch("--send", "slack")
    assert done.code == 2
    assert "/spend/logs/v2" in done.err
    [message] = spiking.slack.messages
    assert "Its log could not be read" in json.dumps(message)


def test_a_team_that_only_the_log_can_tell_about_is_no_alarm_where_that_is_not_to_be_read(
    spiking: Scene,
) -> None:
    reader(spiking.sandbox, tuple(r for r in ROUTES if r != "/spend/logs/v2"))
    spiking.policy(POLICY + "zone: Asia/Tokyo\n")
    done = spiking.watch("--now", "--team", "payments-squad")
    assert done.code == 2
    assert "not known: its log could not be read" in done.out
    assert "New:" not in done.out


def test_a_team_that_nobody_knows_is_an_error_that_names_those_there_are(scene: Scene) -> None:
    done = scene.watch("--team", "nobody")
    assert done.code == 2
    assert "There are: payments-squad, platform, search-squad." in done.err


def test_teams_that_the_policy_does_not_name_are_watched_too(scene: Scene) -> None:
    scene.policy(
        "version: 1\nteams: {platform: {}}\nuse-cases: {r: {models: [m], cap-per-run: 1}}\n"
    )
    week(scene.sandbox, "search-squad", NOW, "10")
    spend(scene.sandbox, "search-squad", NOW - HOUR, "90")
    assert [a["team"] for a in scene.seen()["alerts"]] == ["search-squad"]


def test_teams_of_one_alias_are_told_apart(scene: Scene) -> None:
    with scene.sandbox.state.lock:
        scene.sandbox.state.teams["platform"].alias = "payments-squad"
    scene.policy(
        "version: 1\nteams: {search-squad: {}}\nuse-cases: {r: {models: [m], cap-per-run: 1}}\n"
    )
    spend(scene.sandbox, "platform", NOW - HOUR, "90")
    week(scene.sandbox, "platform", NOW, "10")
    assert [a["team"] for a in scene.seen()["alerts"]] == ["payments-squad (platform)"]
    assert scene.watch("--team", "payments-squad").code == 0


def test_strict_is_a_refusal_where_something_is_out_of_the_ordinary(spiking: Scene) -> None:
    assert spiking.watch("--strict").code == 1
    assert spiking.watch("--strict", "--team", "search-squad").code == 0


def test_a_policys_factor_and_floor_count(spiking: Scene) -> None:
    spiking.policy(POLICY + "watch: {factor: 5.5}\n")
    assert spiking.seen()["alerts"] == []
    spiking.policy(POLICY + "watch: {floor: 50.01}\n")
    assert spiking.seen()["alerts"] == []
    spiking.policy(POLICY + "watch: {factor: 5, floor: 50}\n")
    assert len(spiking.seen()["alerts"]) == 1
