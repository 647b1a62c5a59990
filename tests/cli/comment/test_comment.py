"""`ci-tokengate comment` as a command, on the sandbox's proxy and GitHub."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ci_tokengate.render.record import read_record
from ci_tokengate.sandbox.github import faults, github_token
from ci_tokengate.sandbox.github.identity import Identity
from tests.cli.comment.conftest import CALL, PRICE, Comment, alias
from tests.cli.cost.conftest import Mint
from tests.stage.claims import complaint_of, no_secret_is_said
from tests.stage.entries import Done
from tests.stage.world import TOKEN, World


def bodies(world: World) -> list[str]:
    return [found.body for found in world.github.comments_on(42)]


def test_the_comment_is_written_updated_and_left_alone(
    world: World, mint: Mint, comment: Comment
) -> None:
    mint(alias(), CALL)
    done = comment()
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("✔ created http")
    assert bodies(world)[0].startswith("### AI cost of this pull request: $0.00014 · settled · ")
    assert f"exactly ${PRICE} " in bodies(world)[0]
    assert comment().out.startswith("· unchanged http")
    mint(alias(run="778.1", nonce="cd34"), CALL)
    assert comment().out.startswith("✔ updated http")
    assert len(bodies(world)) == 1
    assert read_record(bodies(world)[0]).figures[0] == "0.000285"
    no_secret_is_said(world, done)


def test_the_cap_the_plan_and_the_team_are_the_policys(
    world: World, mint: Mint, comment: Comment
) -> None:
    mint(alias(), CALL)
    world.spend("payments-squad", "700")
    comment()
    text = bodies(world)[0]
    assert "budget amber · $10.00 left" in text.splitlines()[0]
    assert "87.5 % of the $800.00 plan ($700.00), amber · hard stop at 150 %" in text
    assert "[run 777.1](https://github.com/acme/shop/actions/runs/777/attempts/1)" in text


def test_json_has_the_figure_exactly_and_what_became_of_the_comment(
    world: World, mint: Mint, comment: Comment
) -> None:
    mint(alias(), CALL)
    body = json.loads(comment("--format", "json").out)
    assert (body["change"], body["cost"]["total_usd"]) == ("created", PRICE)
    assert body["url"].endswith(f"#issuecomment-{world.github.comments_on(42)[0].id}")


@pytest.mark.parametrize("fmt", ["text", "json"])
def test_a_dry_run_shows_it_and_writes_nothing(
    world: World, mint: Mint, comment: Comment, fmt: str
) -> None:
    mint(alias(), CALL)
    done = comment("--dry-run", "--format", fmt, GITHUB_TOKEN="")
    said = json.loads(done.out)["body"] if fmt == "json" else done.out
    assert done.code == 0
    assert said.startswith("### AI cost of this pull request: $0.00014")
    assert bodies(world) == []
    assert {asked.method for asked in world.github.log} == {"GET"}


def test_above_keeps_quiet_and_says_so(world: World, mint: Mint, comment: Comment) -> None:
    mint(alias(), CALL)
    assert comment("--above", "0.01").out == "· below comment-above\n"
    quiet = json.loads(comment("--above", "0.01", "--format", "json").out)
    assert (quiet["change"], quiet["url"]) == ("below comment-above", None)
    assert bodies(world) == []
    assert comment("--above", PRICE).out.startswith("✔ created")


def test_the_behaviors_keep_hide_or_delete_the_comments_of_earlier_runs(
    world: World, comment: Comment
) -> None:
    for run in ("1", "2"):
        comment("--behavior", "new", GITHUB_RUN_ID=run)
    assert len(bodies(world)) == 2
    comment("--behavior", "hide-and-new", GITHUB_RUN_ID="3")
    hidden = [found.minimized for found in world.github.comments_on(42)]
    assert hidden == ["OUTDATED", "OUTDATED", None]
    comment("--behavior", "delete-and-new", GITHUB_RUN_ID="4", GITHUB_RUN_ATTEMPT="2")
    (left,) = bodies(world)
    assert (read_record(left).run_id, read_record(left).attempt) == ("4", 2)


def test_a_pull_request_that_was_merged_says_final(
    world: World, mint: Mint, comment: Comment
) -> None:
    mint(alias(), CALL)
    world.github.close_pull(42, merged=True)
    comment()
    assert "$0.00014 · merged, final · budget green" in bodies(world)[0].splitlines()[0]


def test_a_forged_marker_and_a_forged_tag_have_no_effect(
    world: World, mint: Mint, comment: Comment
) -> None:
    mint(alias(), CALL)
    comment()
    forged = bodies(world)[0].replace(PRICE, "0")
    world.github.comments.clear()
    theirs = world.github.add_comment(42, forged, by=Identity(login="mallory"))
    with world.sandbox.state.lock:
        for row in world.sandbox.state.rows:
            row.metadata["user_api_key_metadata"] = {"tags": ["pr:acme/shop#43"]}
    assert comment().out.startswith("✔ created")
    assert (theirs.body, len(bodies(world))) == (forged, 2)
    assert read_record(bodies(world)[1]).figures[0] == PRICE
    about_43 = world.cli("cost", "--repository", "acme/shop", "--pr", "43", "--format", "json")
    assert json.loads(about_43.out)["total_usd"] == "0"


def test_a_comment_that_was_edited_is_mended(world: World, mint: Mint, comment: Comment) -> None:
    mint(alias(), CALL)
    comment()
    right = bodies(world)[0]
    (written,) = world.github.comments_on(42)
    written.body = right.replace("$0.00014", "$0.00")
    assert comment().out.startswith("✔ updated")
    assert bodies(world)[0].splitlines()[0] == right.splitlines()[0]


WRONG = {
    "no number": (["--pr", "x"], {}, "is not the number of a pull request"),
    "number zero": (["--pr", "0"], {}, "is not the number of a pull request"),
    "no repository": ([], {"GITHUB_REPOSITORY": ""}, "Give --repository owner/name"),
    "no owner": (["--repository", "shop"], {}, "Give --repository owner/name"),
    "too many parts": (["--repository", "a/b/c"], {}, "Give --repository owner/name"),
    "a path": (["--repository", "a/..%2fb?x"], {}, "Give --repository owner/name"),
    "no token": ([], {"GITHUB_TOKEN": ""}, "There is no token to comment with"),
    "two tokens": ([], {"GITHUB_TOKEN": "a\nb"}, "holds a character that no key has"),
    "no minting key": ([], {"TOKENGATE_PROXY_KEY": ""}, "there is no minting key"),
    "no policy": (["--policy", "none.yml"], {}, "none.yml"),
    "a bad amount": (["--above", "5$"], {}, "which is not an amount in USD"),
    "a bad wait": (["--wait", "soon"], {}, "soon"),
    "no such proxy": (["--proxy", "other"], {}, "There is no proxy of kind"),
    "no such pull request": (["--pr", "43"], {}, "43"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_bad_input_is_named_and_nothing_is_written(
    world: World, comment: Comment, kind: str
) -> None:
    args, env, sentence = WRONG[kind]
    done = comment(*args, **env)
    assert done.code == 2
    assert sentence in complaint_of(done)
    assert bodies(world) == []
    no_secret_is_said(world, done)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("version: 1\nteams: [", ":2:9: not valid YAML"),
        ("version: 1\nuse-cases: {a: {models: [m], cap-per-run: 5$}}\n", ":2:30: use-cases.a.cap"),
    ],
)
def test_a_bad_policy_is_named_with_its_place(
    world: World, comment: Comment, text: str, place: str
) -> None:
    (world.folder / "policy.yml").write_text(text, encoding="utf-8")
    done = comment()
    assert (done.code, done.out, bodies(world)) == (2, "", [])
    assert f"policy.yml{place}" in done.err


def test_an_unknown_behavior_is_a_usage_error(world: World, comment: Comment) -> None:
    done = comment("--behavior", "recreate")
    assert (done.code, bodies(world)) == (2, [])


def test_while_the_proxys_database_is_down_nothing_is_written(
    world: World, mint: Mint, comment: Comment
) -> None:
    """Unknown is not zero: what the comment said stays."""
    mint(alias(), CALL)
    comment()
    before = bodies(world)
    world.sandbox.set_database(up=False)
    for number in ("42", "44"):
        world.github.pulls[44] = world.github.pulls[42] | {"number": 44}
        done = comment("--pr", number)
        assert done.code == 3
        assert "database" in complaint_of(done)
    assert bodies(world) == before
    assert world.github.comments_on(44) == []


def test_under_a_name_that_the_repository_no_longer_has_nothing_is_written(
    world: World, comment: Comment
) -> None:
    world.github.moved["acme/old"] = "acme/shop"
    done = comment("--repository", "acme/old")
    assert (done.code, bodies(world)) == (2, [])
    assert "the repository under another name" in complaint_of(done)
    assert "give its present name" in done.err


REFUSED = {
    "locked": ("The conversation is locked", 2),
    "no permission": ("pull-requests: write", 2),
    "an hour": ("limits the rate of requests for 60 more minutes", 3),
    "down": ("GitHub failed", 3),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_github_refuses_is_one_sentence_with_what_to_do(
    world: World, comment: Comment, kind: str
) -> None:
    sentence, code = REFUSED[kind]
    if kind == "locked":
        world.github.pulls[42]["locked"] = True
    if kind == "no permission":
        world.github.tokens[TOKEN] = github_token(pull_requests="read", contents="read")
    if kind == "an hour":
        world.github.faults.plan("*", "comments", faults.primary_limit(), times=9)
    if kind == "down":
        world.github.faults.plan("POST", "comments", faults.server_error(503), times=9)
    done = comment()
    assert (done.code, bodies(world)) == (code, [])
    assert sentence in complaint_of(done)
    no_secret_is_said(world, done)


def test_a_post_that_was_answered_502_after_it_took_effect_is_not_repeated(
    world: World, comment: Comment
) -> None:
    world.github.faults.plan("POST", "comments$", faults.server_error(502, after=True))
    done: Done = comment()
    assert (done.code, len(bodies(world))) == (0, 1)
    assert world.github.faults.left == 0


def test_a_post_whose_answer_is_lost_is_not_repeated(world: World, comment: Comment) -> None:
    world.github.faults.plan("POST", "comments$", faults.dropped(after=True))
    assert (comment().code, len(bodies(world))) == (0, 1)


def test_pygithub_is_not_imported_before_a_comment_is_written() -> None:
    """Its import takes a quarter of a second, which a gate's job would wait for."""
    code = (
        "import sys, ci_tokengate.cli, ci_tokengate.action.tell\n"
        "from ci_tokengate.wiring.comments import open_comments\n"
        "before = {'github', 'requests', 'urllib3', 'click', 'rich', 'pygments'} & set(sys.modules)\n"
        "from ci_tokengate.adapters.http import Deadline\n"
        "open_comments('https://x.invalid', 't', 'a/b', 1, Deadline(1))\n"
        "print(sorted(before), 'github' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "[] True\n"
