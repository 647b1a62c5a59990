"""Where `watch` tells, and that it tells once, whatever fails and whatever machine it runs on."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from ci_tokengate.sandbox.github import faults
from ci_tokengate.sandbox.state import Team
from ci_tokengate.wiring.ledgers import open_ledger
from tests.cli.report.slack_double import SECRET as SLACK_SECRET
from tests.cli.watch.conftest import NOW, TOKEN, Scene
from tests.cli.watch.receiver import SECRET
from tests.stage.days import spend
from tests.stage.entries import Done
from tests.stage.reading import READING_KEY

ALL = ("--send", "slack", "--send", "webhook", "--send", "github-issue")
TOLD = ("--send", "slack", "--send", "webhook")


@pytest.fixture(params=["issue", "ledger"])
def tell(request: pytest.FixtureRequest, scene: Scene) -> Any:
    """Everywhere, remembered by the issues or by a ledger."""
    if request.param == "ledger":
        scene.extra["TOKENGATE_LEDGER_URL"] = url = f"sqlite:///{scene.folder}/l.db"
        open_ledger(url).close()
    return lambda *args: _no_secret(scene.watch(*ALL, *args))


def _no_secret(done: Done) -> Done:
    for secret in (SLACK_SECRET, SECRET, TOKEN, READING_KEY, "CanaryPath0001"):
        assert secret not in done.said
    return done


def plan(scene: Scene, team: str, usd: str) -> None:
    with scene.sandbox.state.lock:
        scene.sandbox.state.teams[team].spend = Decimal(usd)


def texts(scene: Scene) -> list[str]:
    return [m["text"] for m in scene.receiver.taken]


def test_every_place_is_told_once_and_the_next_day_again(spiking: Scene, tell: Any) -> None:
    done = tell()
    assert done.code == 0, done.said
    for said in ("slack: 1 alert told", "webhook: 1 alert told", "github-issue: created http"):
        assert said in done.err
    again = tell()
    assert (again.code, "told" in again.err) == (0, False)
    assert "github-issue: unchanged" in again.err
    assert (len(spiking.slack.messages), len(spiking.receiver.taken)) == (1, 1)
    now = spiking.later(days=1)
    spend(spiking.sandbox, "payments-squad", now, "60")
    assert "slack: 1 alert told" in tell().err
    assert len(spiking.issues()) == 1
    assert texts(spiking)[1].startswith("payments-squad has spent $60.00 on 29 Nov so far")


def test_a_place_that_fails_stops_no_other_and_is_told_by_the_next_run(
    spiking: Scene, tell: Any
) -> None:
    spiking.slack.answers.append((500, "rollup_error", {}))
    done = tell()
    assert done.code == 3
    assert "! slack: Slack did not take the alert now (HTTP 500)." in done.err
    assert (len(spiking.receiver.taken), len(spiking.issues())) == (1, 1)
    again = tell()
    assert (again.code, "slack: 1 alert told" in again.err) == (0, True)
    assert (len(spiking.slack.messages), len(spiking.receiver.taken)) == (1, 1)
    assert "5 times" in json.dumps(spiking.slack.messages[0])


def test_what_a_place_was_owed_it_is_told_even_the_day_after(spiking: Scene, tell: Any) -> None:
    spiking.receiver.answers.extend([503] * 3)
    assert tell().code == 3
    spiking.later(days=1)
    tell()
    assert texts(spiking) == [
        "payments-squad has spent $50.00 on 28 Nov so far, 5 times the $10.00 of a usual day."
    ]
    assert spiking.receiver.taken[0]["breakdown"]["jobs"][0]["name"] == "review of acme/shop"


def test_what_nobody_could_tell_for_a_week_is_no_news_any_more(spiking: Scene, tell: Any) -> None:
    spiking.receiver.answers.extend([503] * 3)
    tell()
    spiking.later(days=8)
    assert tell().code == 0
    assert spiking.receiver.taken == []


def test_a_webhook_that_was_revoked_is_a_setting_to_mend(spiking: Scene, tell: Any) -> None:
    spiking.slack.answers.append((404, "no_service", {}))
    done = tell()
    assert (done.code, "make another one" in done.err) == (2, True)


def test_a_tier_is_told_once_a_period_and_so_is_the_way_back(scene: Scene, tell: Any) -> None:
    for usd, tier in [
        ("100", None),
        ("640", "amber"),
        ("700", None),
        ("880", "red"),
        ("1200", "hard-stop"),
        ("1300", None),
        ("880", None),
        ("100", "green"),
        ("640", None),
        ("100", None),
    ]:
        plan(scene, "payments-squad", usd)
        before = len(scene.receiver.taken)
        assert tell().code == 0
        new = [m["tier"] for m in scene.receiver.taken[before:]]
        assert new == ([tier] if tier else []), usd
    assert len(scene.slack.messages) == 4


def test_a_jump_over_a_tier_is_told_as_where_it_ended(scene: Scene, tell: Any) -> None:
    plan(scene, "payments-squad", "1210")
    tell()
    assert [m["tier"] for m in scene.receiver.taken] == ["hard-stop"]
    assert scene.receiver.taken[0]["text"] == (
        "payments-squad is past its hard stop: $1,210.00 of the $800.00 plan is spent (151.2 %)."
    )


def test_a_new_period_is_told_anew(scene: Scene, tell: Any) -> None:
    plan(scene, "payments-squad", "640")
    tell()
    scene.later(days=4)
    with scene.sandbox.state.lock:
        team = scene.sandbox.state.teams["payments-squad"]
        assert team.reset_at is not None
        team.reset_at = team.reset_at.replace(year=2027, month=1)
    tell()
    assert [m["tier"] for m in scene.receiver.taken] == ["amber", "amber"]


def test_an_issue_is_closed_when_it_is_over_and_the_next_incident_has_its_own(
    scene: Scene, tell: Any
) -> None:
    plan(scene, "payments-squad", "640")
    tell()
    [issue] = scene.issues()
    assert (issue["title"], issue.get("state", "open")) == (
        "AI spend of payments-squad: amber",
        "open",
    )
    assert "$640.00 of the $800.00 plan is spent (80 %)" in issue["body"]
    plan(scene, "payments-squad", "900")
    assert "github-issue: updated" in tell().err
    assert scene.issues()[0]["title"] == "AI spend of payments-squad: red"
    plan(scene, "payments-squad", "10")
    assert "github-issue: closed" in tell().err
    [issue] = scene.issues()
    assert (issue["state"], issue["title"]) == ("closed", "AI spend of payments-squad: over")
    assert "**It is over.**" in issue["body"]
    assert "github-issue" not in tell().err
    plan(scene, "payments-squad", "1300")
    tell()
    assert [i.get("state", "open") for i in scene.issues()] == ["closed", "open"]


def test_an_issue_is_not_written_anew_for_the_time_alone(scene: Scene, tell: Any) -> None:
    plan(scene, "payments-squad", "640")
    tell()
    scene.later(hours=1)
    assert "github-issue: unchanged" in tell().err
    plan(scene, "payments-squad", "650")
    assert "github-issue: updated" in tell().err
    assert "17:30 UTC" in scene.issues()[0]["body"]


def test_a_spikes_issue_is_closed_once_the_next_day_is_judged_as_usual(
    spiking: Scene, tell: Any
) -> None:
    tell()
    spiking.later(hours=10)
    assert "github-issue: unchanged" in tell().err
    spiking.later(hours=14)
    assert "github-issue: closed" in tell().err


def test_an_issue_that_somebody_closed_stays_closed_until_there_is_news(
    scene: Scene, tell: Any
) -> None:
    plan(scene, "payments-squad", "640")
    tell()
    [number] = scene.github.issues
    scene.github.issues[number]["state"] = "closed"
    plan(scene, "payments-squad", "650")
    assert "github-issue: updated" in tell().err
    assert scene.github.issues[number]["state"] == "closed"
    plan(scene, "payments-squad", "900")
    assert "github-issue: reopened" in tell().err
    assert [i["state"] for i in scene.issues()] == ["open"]


def test_the_marker_in_somebody_elses_issue_is_not_believed(spiking: Scene) -> None:
    spiking.watch(*ALL)
    [number] = spiking.github.issues
    spiking.github.issues[number]["user"] = {"login": "mallory", "type": "User"}
    done = spiking.watch(*ALL)
    assert "slack: 1 alert told" in done.err
    assert len(spiking.issues()) == 2


def test_a_damaged_marker_is_nobodys_and_ends_in_nothing_worse_than_telling_again(
    spiking: Scene,
) -> None:
    spiking.watch(*ALL)
    [issue] = spiking.issues()
    issue["body"] = issue["body"].replace("tokengate:watch:1:", "tokengate:watch:1:AAAA")
    done = spiking.watch(*ALL)
    assert (done.code, "slack: 1 alert told" in done.err) == (0, True)


def test_without_a_memory_it_says_that_each_run_tells_again(spiking: Scene) -> None:
    first, second = spiking.watch(*TOLD), spiking.watch(*TOLD)
    said = "! Nothing remembers what was told: each run tells again what it finds."
    assert said in first.err
    assert first.err.count("\n") == 3
    assert second.err == first.err
    assert len(spiking.slack.messages) == 2
    assert said not in spiking.watch().err


def test_a_dry_run_tells_nobody_and_remembers_nothing(spiking: Scene, tell: Any) -> None:
    done = tell("--dry-run", "--send", "summary")
    assert done.code == 2, "outside of a job there is no summary"
    done = tell("--dry-run")
    assert (done.code, "slack: would be told of 1 new alert" in done.err) == (0, True)
    assert (spiking.slack.messages, spiking.receiver.taken, spiking.issues()) == ([], [], [])
    assert "slack: 1 alert told" in tell().err


def test_issues_that_cannot_be_read_keep_nobody_from_being_told(spiking: Scene) -> None:
    spiking.github.faults.plan("*", "", faults.server_error(500), times=50)
    done = _no_secret(spiking.watch(*ALL))
    assert (done.code, "! github-issue: " in done.err) == (3, True)
    assert (len(spiking.slack.messages), len(spiking.receiver.taken)) == (1, 1)


def test_a_ledger_that_is_not_there_keeps_nobody_from_being_told(spiking: Scene) -> None:
    done = spiking.watch(*TOLD, "--ledger-url", f"sqlite:///{spiking.folder}/none.db")
    assert (done.code, "! ledger: There is no ledger at" in done.err) == (2, True)
    assert len(spiking.slack.messages) == 1


def test_the_step_summary_has_what_stands_out_at_each_run(spiking: Scene) -> None:
    path = spiking.folder / "summary.md"
    for _ in range(2):
        done = spiking.watch("--send", "summary", GITHUB_STEP_SUMMARY=str(path))
        assert done.code == 0, done.said
    text = path.read_text("utf-8")
    assert text.count("### AI spend today") == 2
    assert "| <code>payments-squad</code> | $50.00 | $10.00 | 5 |" in text


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TOKENGATE_SLACK_WEBHOOK", "", "There is no webhook for --send slack."),
        ("TOKENGATE_SLACK_WEBHOOK", "nonsense", "The address of the Slack webhook is none."),
        ("TOKENGATE_WEBHOOK_URL", "", "There is no address for --send webhook."),
        ("TOKENGATE_WEBHOOK_URL", "http://example.com/h", "The address of the webhook is none."),
        ("TOKENGATE_WEBHOOK_SECRET", "", "The webhook's secret is missing"),
        ("TOKENGATE_WEBHOOK_SECRET", "short", "shorter than 16 characters"),
        ("GITHUB_TOKEN", "", "There is no token for --send github-issue."),
        ("GITHUB_REPOSITORY", "nonsense", "Give --repository owner/name."),
    ],
)
def test_what_is_missing_is_said_before_anything_is_read(
    scene: Scene, name: str, value: str, said: str
) -> None:
    done = scene.watch(*ALL, TOKENGATE_PROXY_URL="http://127.0.0.1:9", **{name: value})
    assert (done.code, said in done.err) == (2, True), done.said


def test_many_alerts_are_few_messages_of_slack_and_one_call_each_of_the_webhook(
    scene: Scene,
) -> None:
    state = scene.sandbox.state
    with state.lock:
        for n in range(23):
            name = f"squad-{n:02}"
            state.teams[name] = Team(team_id=name, alias=name, created=state.now())
            state.teams[name].metadata = {"tokengate": {"plan_usd": 100}}
            state.teams[name].spend = Decimal(90)
    done = scene.watch(*TOLD)
    assert done.code == 0, done.said
    assert (len(scene.slack.messages), len(scene.receiver.taken)) == (3, 23)
    assert len({m["id"] for m in scene.receiver.taken}) == 23


def test_a_place_that_fails_again_and_again_is_left_alone_and_loses_nothing(
    scene: Scene, tell: Any
) -> None:
    state = scene.sandbox.state
    with state.lock:
        for n in range(9):
            name = f"squad-{n}"
            state.teams[name] = Team(team_id=name, alias=name, created=state.now())
            state.teams[name].metadata = {"tokengate": {"plan_usd": 100}}
            state.teams[name].spend = Decimal(90)
    scene.receiver.answers.extend([400] * 3)
    done = tell()
    assert done.code == 3
    assert done.err.count("! webhook: ") == 4
    assert "left alone for this run. It is told 6 alerts more by the next one." in done.err
    assert (scene.receiver.taken, len(scene.slack.messages)) == ([], 1)
    assert tell().err.count("webhook: 1 alert told") == 9
    assert len(scene.receiver.taken) == 9


def test_the_same_alert_has_the_same_id_whenever_it_is_told(spiking: Scene) -> None:
    spiking.watch("--send", "webhook")
    spiking.later(hours=1)
    spiking.watch("--send", "webhook")
    one, two = spiking.receiver.taken
    assert one["id"] == two["id"]
    assert NOW.date().isoformat() == one["day"]


def test_an_issue_is_found_on_a_later_page(spiking: Scene) -> None:
    spiking.watch(*ALL)
    [first] = spiking.issues()
    for _ in range(120):
        number = spiking.github.next_number()
        spiking.github.issues[number] = {
            **first,
            "title": "t",
            "body": "no marker",
            "created_at": "2099-01-01T00:00:00Z",
        }
    done = spiking.watch(*ALL)
    assert "github-issue: unchanged" in done.err
    assert "told" not in done.err


@pytest.mark.parametrize("by", ["issue", "mallory"])
def test_where_githubs_filter_by_author_knows_no_app_the_issue_is_found_all_the_same(
    spiking: Scene, by: str
) -> None:
    """And is still held against its author: a marker in somebody else's issue is not believed."""
    spiking.github.filters_apps = False
    spiking.watch(*ALL)
    [issue] = spiking.issues()
    if by == "mallory":
        issue["user"] = {"login": by, "type": "User"}
    done = spiking.watch(*ALL)
    assert ("github-issue: unchanged" in done.err) is (by == "issue")
    assert ("told" in done.err) is (by == "mallory")
    assert len(spiking.issues()) == (1 if by == "issue" else 2)


def test_a_team_that_is_gone_has_its_issue_closed(scene: Scene, tell: Any) -> None:
    plan(scene, "payments-squad", "640")
    tell()
    with scene.sandbox.state.lock:
        del scene.sandbox.state.teams["payments-squad"]
    scene.watch(*ALL, "--team", "platform")
    [issue] = scene.issues()
    assert issue.get("state", "open") == "open", "who looks at one team knows nothing of the others"
    assert "github-issue: closed" in tell().err
    [issue] = scene.issues()
    assert (issue["state"], "knows this team no more" in issue["body"]) == ("closed", True)
    assert "github-issue" not in tell().err


def test_an_issue_that_cannot_be_written_is_by_the_next_run(spiking: Scene, tell: Any) -> None:
    spiking.github.faults.plan("POST", "/issues$", faults.server_error(500), times=5)
    done = tell()
    assert (done.code, spiking.issues()) == (3, [])
    assert len(spiking.slack.messages) == 1
    spiking.github.faults.plan("POST", "/nothing", faults.server_error(500))
    while spiking.github.faults.take("POST", "/repos/acme/finops/issues"):
        pass
    assert "github-issue: created" in tell().err


def test_whoever_only_looks_keeps_nobody_from_being_told(spiking: Scene, tell: Any) -> None:
    assert spiking.watch().code == 0
    assert spiking.watch("--send", "github-issue").code == 0
    done = tell()
    assert "slack: 1 alert told" in done.err
    assert "webhook: 1 alert told" in done.err


def test_a_place_that_comes_later_is_told_once_of_what_is_so(spiking: Scene, tell: Any) -> None:
    plan(spiking, "search-squad", "190")
    spiking.watch("--send", "webhook", "--send", "github-issue")
    assert len(spiking.receiver.taken) == 2
    assert "slack: 2 alerts told" in tell().err
    assert "told" not in tell().err
    assert (len(spiking.receiver.taken), len(spiking.slack.messages)) == (2, 1)


def test_a_ledger_that_takes_nothing_keeps_nobody_from_being_told(spiking: Scene) -> None:
    from sqlalchemy import create_engine, text

    url = f"sqlite:///{spiking.folder}/l.db"
    open_ledger(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        refuse = "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        connection.execute(text(f"CREATE TRIGGER full BEFORE INSERT ON alerts {refuse}"))
    engine.dispose()
    done = spiking.watch(*TOLD, "--ledger-url", url)
    assert (done.code, "has no room left on its disk" in done.err) == (3, True)
    assert (len(spiking.slack.messages), len(spiking.receiver.taken)) == (1, 1)


def test_a_proxy_that_cannot_be_reached_is_undecided_and_nobody_is_told(scene: Scene) -> None:
    done = scene.watch(*TOLD, TOKENGATE_PROXY_URL="http://127.0.0.1:9")
    assert (done.code, "cannot be reached" in done.err) == (3, True)
    assert (scene.slack.messages, scene.receiver.taken) == ([], [])


def test_without_a_reading_key_it_says_how_to_get_one(scene: Scene) -> None:
    done = scene.watch(TOKENGATE_READING_KEY="")
    assert (done.code, "docs/collect.md" in done.err) == (2, True)
