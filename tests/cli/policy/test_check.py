"""`policy check`: alone, as a hook, and against a proxy that has something to say. Its texts: golden/check.txt."""

from __future__ import annotations

import json
import os
from pathlib import Path

import httpx
import pytest

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm.models import LiteLLMModels
from ci_tokengate.errors import UsageError
from tests.stage.claims import no_secret_is_said
from tests.stage.entries import Done, run_cli
from tests.stage.reading import ROUTES, reading_key
from tests.stage.trust import TRUST
from tests.stage.world import World

GOLDEN = Path(__file__).parent / "golden" / "check.txt"
WELL = """\
version: 1
defaults: {team: payments-squad, use-case: code-review}
models: {claude-haiku: fast, claude-sonnet: middle, claude-opus: strong}
teams:
  payments-squad: {plan: 800}
use-cases:
  code-review:
    tier: middle
    models: [claude-sonnet, claude-haiku]
    route: {claude-opus: claude-sonnet}
    cap-per-run: 2.00
    cap-per-pr: 10.00
"""
ILL = """\
version: 1
defaults: {team: payments-squad}
models: {claude-haiku: fast, claude-sonnet: middle, claude-opus: strong}
teams:
  payments-squad: {plan: 1000}
  search-squad: {plan: 200}
  ghosts: {}
use-cases:
  code-review:
    tier: middle
    models: [claude-opus, claude-nonesuch]
    cap-per-run: 2.00
    when-amber: {models: [claude-haiku]}
  batch:
    models: [claude-opus, claude-haiku]
    cap-per-run: 1.00
"""


def check(world: World, text: str, *args: str, **env: str) -> Done:
    """In a folder of its own, so that the path in what it says is always the same."""
    folder, home = world.folder / "repository", Path.cwd()
    folder.mkdir(exist_ok=True)
    (folder / "tokengate.yml").write_text(text, encoding="utf-8")
    about = {"PATH": os.environ["PATH"], "TOKENGATE_PROXY_URL": world.url, **env}
    os.chdir(folder)
    try:
        return run_cli(about, "policy", "check", "tokengate.yml", *args)
    finally:
        os.chdir(home)


def asked(world: World, text: str, *args: str) -> Done:
    return check(world, text, *args, TOKENGATE_READING_KEY=reading_key(world))


def spend(world: World, use_case: str, model: str, tokens: str) -> None:
    """A call of a job that had a key for this use case, and the proxy's row of it."""
    alias = f"tokengate:acme/shop#42:9.1:job:{use_case}:{model}"
    admin = {"authorization": f"Bearer {world.sandbox.admin_key}"}
    order = {
        "team_id": "payments-squad",
        "key_alias": alias,
        "models": [model],
        "max_budget": 5,
        "duration": "30m",
    }
    made = httpx.post(
        f"{world.url}/key/generate", json=order, headers=admin, verify=TRUST
    ).raise_for_status()
    body = {
        "model": model,
        "max_tokens": 99,
        "messages": [{"role": "user", "content": tokens}],
    }
    key = {"authorization": f"Bearer {made.json()['key']}"}
    httpx.post(f"{world.url}/v1/messages", json=body, headers=key, verify=TRUST).raise_for_status()
    world.sandbox.flush()


def test_the_texts(world: World) -> None:
    """Alone, against the proxy, after calls on a model that is dearer than its task, and for GitHub."""
    parts = [
        ("a policy that is well", check(world, WELL)),
        ("one that is not, by itself", check(world, ILL)),
        ("the same against its proxy", asked(world, ILL)),
    ]
    spend(world, "code-review", "claude-opus", "in=10000 out=1000 cr=4000")
    spend(world, "batch", "claude-opus", "in=100000 out=2000")
    parts += [
        ("after calls on a model that is too strong", asked(world, ILL, "--days", "1")),
        ("as annotations", asked(world, ILL, "--days", "0", "--format", "github")),
    ]
    for _, done in parts:
        no_secret_is_said(world, done)
    text = "\n".join(f"── {name} (exit {done.code})\n{done.said}" for name, done in parts)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


def test_json_has_each_finding_with_its_key_and_place_and_savings_to_the_last_digit(
    world: World,
) -> None:
    spend(world, "code-review", "claude-opus", "in=1000 out=100")
    done = asked(world, ILL, "--days", "1", "--format", "json")
    told = json.loads(done.out)
    assert done.code == 1
    missing = next(f for f in told["findings"] if "claude-nonesuch" in f["message"])
    assert (missing["level"], missing["key"]) == ("error", "use-cases.code-review.models")
    assert (missing["line"], missing["column"]) == (11, 5)
    assert told["days"] == 1
    assert told["not_asked"] == []
    assert told["savings"] == [
        {
            "use_case": "code-review",
            "model": "claude-opus",
            "instead": "claude-sonnet",
            "cost_usd": "0.0075",
            "would_cost_usd": "0.0045",
            "saved_usd": "0.003",
            "requests": 1,
            "unpriced_requests": 0,
        }
    ]
    alone = json.loads(check(world, WELL, "--format", "json").out)
    assert (alone["findings"], alone["savings"], alone["days"]) == ([], None, 0)


@pytest.mark.parametrize(
    ("text", "args", "code"),
    [
        (WELL, (), 0),
        (WELL, ("--strict",), 0),
        (ILL, (), 0),
        (ILL, ("--strict",), 1),
        (WELL.replace("version: 1", "version: 2"), (), 2),
        (WELL.replace("plan: 800", "plan: 800$"), (), 2),
    ],
)
def test_without_a_proxy_it_asks_nobody(
    world: World, text: str, args: tuple[str, ...], code: int
) -> None:
    unreachable = {"TOKENGATE_PROXY_URL": "http://127.0.0.1:9"}
    assert check(world, text, *args, **unreachable).code == code
    offline = {**unreachable, "TOKENGATE_READING_KEY": "sk-any"}
    assert check(world, text, *args, "--offline", **offline).code == code


def test_a_proxy_that_is_down_is_undecided_and_what_the_file_tells_is_told_all_the_same(
    world: World,
) -> None:
    env = {"TOKENGATE_PROXY_URL": "http://127.0.0.1:9", "TOKENGATE_READING_KEY": "sk-any"}
    done = check(world, ILL, "--timeout", "5", **env)
    assert done.code == 3
    assert "takes claude-opus away, and routes it nowhere" in done.out
    assert done.out.splitlines()[-1].startswith("? tokengate.yml")
    assert "cannot be reached" in done.err


def test_a_reading_key_without_the_route_is_told_which_one_it_lacks(world: World) -> None:
    routes = [route for route in ROUTES if route != "/v2/model/info"]
    key = reading_key(world, routes)
    done = check(world, WELL, "--days", "0", TOKENGATE_READING_KEY=key)
    assert done.code == 2
    assert "may not list models" in done.err
    assert "/v2/model/info" in done.err
    with pytest.raises(UsageError, match="may not list models"):
        LiteLLMModels(world.url, key, who="reading key", deadline=Deadline(5)).models()


def test_a_hostile_name_moves_no_cursor_and_ends_no_command(world: World) -> None:
    bad = ILL.replace("claude-nonesuch", '"a\\u001b[2J\\n::error::b"')
    for fmt in ("text", "github"):
        out = asked(world, bad, "--days", "0", "--format", fmt).out
        assert "\x1b" not in out
        assert not [line for line in out.splitlines() if line.startswith("::error::b")]
