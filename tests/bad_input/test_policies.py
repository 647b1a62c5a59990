"""Policies that cannot be used, on the disk and at the base commit."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ci_tokengate.adapters.policy.load import load_policy
from ci_tokengate.errors import PolicyError
from tests.stage.claims import annotation_of, complaint_of, nothing_was_minted
from tests.stage.world import BASE, PATH, POLICY, World

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
BROKEN = {
    "no YAML": ("version: 1\nteams: {a: [}\n", "not valid YAML"),
    "empty": ("", "the file is empty"),
    "only a comment": ("# later\n", "the file is empty"),
    "a list": ("- version: 1\n", "the file must be a table of keys"),
    "a web page": ("<!DOCTYPE html><title>Sign in</title>\n", "must be a table of keys"),
    "larger than a policy can be": ("#" * 300_000, "larger than 256 KiB"),
    "nested deeply": ("a: " + "[" * 100_000, "nested too deeply"),
    "nested a little too deeply": ("a: " + "[" * 40 + "]" * 40, "nested too deeply"),
    "a cycle": ("a: &a\n  b: *a\n", "an alias that contains itself"),
    "an alias bomb": (BOMB, "the file expands to too much"),
    "an alias without an anchor": ("a: *nobody\n", "not valid YAML"),
    "a character beyond Unicode": ('a: "\\UFFFFFFFF"\n', "not valid YAML"),
    "a control character": ("a: \x00\n", "not valid YAML"),
    "a key given twice": ("version: 1\nversion: 1\n", "'version' is given twice"),
    "a merge": ("a: &a {b: c}\nd: {<<: *a}\n", "`<<` merges are not supported"),
    "a tab": ("teams:\n\ta: {}\n", "not valid YAML"),
    "an object of Python": ("a: !!python/object/apply:os.system [id]\n", "unknown key a"),
    "a version of tomorrow": (POLICY.replace("version: 1", "version: 2"), "version: input"),
    "an unknown key": (POLICY.replace("cap-per-run: 1.00", "cap: 1.00"), "unknown key use-cases"),
    "an amount with a currency": (POLICY.replace("plan: 800", "plan: 5$"), "not an amount in USD"),
    "an amount that is NaN": (POLICY.replace("plan: 800", "plan: .nan"), "not an amount in USD"),
    "an amount below zero": (POLICY.replace("plan: 800", "plan: -1"), "not an amount in USD"),
    "an amount with an exponent": (POLICY.replace("plan: 800", "plan: 1e9"), "not an amount"),
    "a cap of zero": (POLICY.replace("cap-per-run: 1.00", "cap-per-run: 0"), "greater than 0"),
    "a warning of less than a usual day": (POLICY + "watch: {factor: 1}\n", "above 1, such as 3"),
    "a warning of NaN times a day": (POLICY + "watch: {factor: .nan}\n", "watch.factor"),
    "a warning of endless times a day": (POLICY + "watch: {factor: .inf}\n", "watch.factor"),
    "a floor with a currency": (POLICY + "watch: {floor: 5$}\n", "not an amount in USD"),
    "an hour there is not": (POLICY + "watch: {hour: 24}\n", "watch.hour"),
    "an hour and a half": (POLICY + "watch: {hour: 16.5}\n", "watch.hour"),
    "an hour as a clock has it": (POLICY + "watch: {hour: '16:00'}\n", "watch.hour"),
    "an hour that is yes": (POLICY + "watch: {hour: true}\n", "watch.hour"),
    "a lifetime in words": (POLICY.replace("ttl: 30m", "ttl: 30 minutes"), "not a duration"),
    "a lifetime of zero": (POLICY.replace("ttl: 30m", "ttl: 0m"), "not a duration"),
    "two teams with one id at the proxy": (
        POLICY.replace("search-squad: {", "search-squad: {id: no-such-team, "),
        "ghosts and search-squad are the same team at the proxy, 'no-such-team'",
    ),
    "a team whose id is another's name": (
        POLICY.replace("search-squad: {", "search-squad: {id: payments-squad, "),
        "search-squad and payments-squad are the same team at the proxy, 'payments-squad'",
    ),
    "a default that is not declared": (
        POLICY.replace("team: payments-squad, use", "team: nobody, use"),
        "names 'nobody', which is not declared",
    ),
}


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN)
def test_a_policy_that_cannot_be_used_is_told_with_its_place_and_nothing_is_minted(
    world: World, text: str, words: str
) -> None:
    world.github.files[(BASE, PATH)] = text
    step = world.job().main()
    assert step.code == 2
    said = annotation_of(step)
    assert words in said
    assert f"{PATH}@{BASE[:12]}:" in said
    nothing_was_minted(world)


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN)
def test_policy_check_says_the_same(world: World, text: str, words: str) -> None:
    path = world.folder / "broken.yml"
    path.write_text(text, encoding="utf-8")
    began = time.monotonic()
    done = world.cli("policy", "check", str(path))
    assert time.monotonic() - began < 5
    assert done.code == 2
    assert words in done.err
    assert done.err.startswith(f"✖ {path}:")
    assert "Traceback" not in done.said


def test_policy_check_tells_every_mistake_at_once(world: World) -> None:
    path = world.folder / "broken.yml"
    path.write_text(POLICY.replace("800", "5$").replace("30m", "soon"), encoding="utf-8")
    done = world.cli("policy", "check", str(path))
    assert "teams.payments-squad.plan" in done.err
    assert "use-cases.code-review.ttl" in done.err


def test_a_policy_that_is_not_there_yet_is_told_to_be_merged_first(world: World) -> None:
    world.github.files.clear()
    step = world.job().main()
    assert step.code == 2
    assert "There is no policy at" in annotation_of(step)
    assert "merge it first" in annotation_of(step)
    nothing_was_minted(world)


def test_a_policy_that_is_not_on_the_disk_is_named(world: World) -> None:
    done = world.cli("gate", "--policy=nowhere.yml")
    assert done.code == 2
    assert "The policy nowhere.yml cannot be read (No such file" in complaint_of(done)


def test_a_policy_that_is_not_text_is_named(world: World) -> None:
    path = world.folder / "binary.yml"
    path.write_bytes(b"\xff\xfe\x00\x01")
    done = world.cli("gate", f"--policy={path}")
    assert done.code == 2
    assert "it is not UTF-8" in complaint_of(done)


@settings(max_examples=150, deadline=5000, suppress_health_check=list(HealthCheck))
@given(
    st.one_of(
        st.text(max_size=400),
        st.text(alphabet="{}[]&*!|>-:?#,'\"%@`\\ \n\tabU0189.~<", max_size=300),
        st.lists(
            st.sampled_from([*POLICY.splitlines(keepends=True), "a: *b\n", "&b ", "  ", "- ", "}"]),
            max_size=25,
        ).map("".join),
    )
)
@example('"\\UFFFFFFFF"')
@example("\ud800")
@example("? ? ?")
@example("&0\n&0 :")
@example("!!timestamp 2026-99-99")
@example("since: 2026-13-01")
def test_a_policy_of_any_text_is_read_or_is_a_policy_error(text: str) -> None:
    with contextlib.suppress(PolicyError):
        assert load_policy(text, "policy.yml").source == "policy.yml"
