"""Each client, with what we wired and nothing else, in a network that holds the proxy and nothing else."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.live.agents.clients import AGENTS, CLIENTS, HOSTILE, MODELS, Client
from tests.live.agents.lab import Lab
from tests.live.agents.results import note
from tests.live.agents.runs import Run, run

pytestmark = [pytest.mark.live, pytest.mark.agents]

each_client = pytest.mark.parametrize("client", CLIENTS, ids=lambda c: c.name)
LED_ASTRAY = [client for client in CLIENTS if client.tool in ("openai", "langchain")]
LIMITED = [client for client in CLIENTS if client.attempts]
BURNT = 0.0003
"""A cap that any first call passes and any second is refused for."""
LOOP = "say hi in=1100 out=70 turns=2"
ONCE = "say hi in=1100 out=70"


@each_client
def test_calls_arrive_under_the_job_key_when_all_tools_are_wired(client: Client, lab: Lab) -> None:
    key = lab.mint(MODELS)
    done = run(client, key, lab, LOOP, tools=["auto"])
    assert done.status == 0, done.said
    _arrived(client, done)
    rows = lab.rows(key, at_least=len(done.calls))
    assert {row.status for row in rows} == {"success"}
    assert client.model in {row.model for row in rows}
    assert all(row.tokens == 1170 and row.spend > 0 for row in rows)
    note(
        client.name,
        "arrives",
        proxy=done.calls[-1].proxy,
        version=_version(client),
        route=_route(done, client),
        model=client.model,
        calls=len(done.calls),
        alone=done.alone,
    )


@each_client
def test_wiring_wins_over_what_the_job_held_before(client: Client, lab: Lab) -> None:
    key = lab.mint(MODELS)
    done = run(client, key, lab, ONCE, preset=HOSTILE)
    assert done.status == 0, done.said
    _arrived(client, done)
    note(client.name, "hostile", variables=len(HOSTILE))


@pytest.mark.parametrize("client", LED_ASTRAY, ids=lambda c: c.name)
def test_unwired_the_same_variables_lead_a_client_elsewhere(client: Client, lab: Lab) -> None:
    done = run(client, lab.mint(MODELS), lab, ONCE, preset=HOSTILE, wired=False, limit=10)
    assert done.strays
    assert not done.calls


@each_client
def test_a_spent_key_ends_the_run(client: Client, lab: Lab) -> None:
    key = lab.mint(MODELS, cap=BURNT)
    if not client.agent:
        lab.call(key)
    done = run(client, key, lab, LOOP, limit=120)
    _ended(client, done, 422)
    assert len(done.calls) > len(done.refused) or not client.agent, "it was refused in mid-run"
    _note_refusal(client, "422", done)


@each_client
def test_a_revoked_key_ends_the_run(client: Client, lab: Lab) -> None:
    key = lab.mint(MODELS)
    lab.delete(key)
    done = run(client, key, lab, LOOP, limit=120)
    _ended(client, done, 401)
    _note_refusal(client, "401", done)


@pytest.mark.parametrize("client", LIMITED, ids=lambda c: c.name)
def test_the_wired_limit_of_retries_is_kept_where_a_proxy_answers_429(
    client: Client, lab: Lab
) -> None:
    """Answered in the proxy's place; unlimited, Claude Code and Gemini CLI ask on for minutes."""
    done = run(client, lab.mint(MODELS), lab, ONCE, refusal=429)
    assert [call.status for call in done.calls] == [429] * client.attempts
    assert done.seconds < client.soon
    _note_refusal(client, "429", done)


def test_claude_code_works_through_an_alias_of_the_key_and_is_billed_for_what_it_leads_to(
    lab: Lab,
) -> None:
    client = AGENTS[0]
    models = ("claude-sonnet", "claude-haiku")
    key = lab.mint(models, aliases={"claude-sonnet": "claude-haiku"})
    done = run(client, key, lab, LOOP, models=models)
    assert done.status == 0, done.said
    rows = lab.rows(key, at_least=3)
    assert [(row.model, row.status) for row in rows] == [("claude-haiku", "success")] * 3
    assert {round(row.spend, 10) for row in rows} == {0.00145}, "Haiku's price"


def _arrived(client: Client, done: Run) -> None:
    assert done.calls, done.said
    assert {call.path.startswith(client.route) for call in done.calls} == {True}, done.calls
    assert {call.status for call in done.calls} == {200}
    assert not done.strays
    assert not [c for c in done.calls if "x-litellm-tags" in c.headers], "no tags but the key's"


def _ended(client: Client, done: Run, status: int) -> None:
    assert {call.status for call in done.refused} == {status}, done.said
    assert len(done.refused) <= client.few
    assert done.seconds < client.soon, done.said
    assert (done.status == 0) is client.quiet
    assert not done.strays


def _note_refusal(client: Client, proof: str, done: Run) -> None:
    note(client.name, proof, requests=len(done.refused), seconds=round(done.seconds, 1), status=done.status)  # fmt: skip


def _route(done: Run, client: Client) -> str:
    path = done.calls[-1].path.partition("?")[0]
    return path.replace(client.model, "MODEL")


def _version(client: Client) -> str:
    done = subprocess.run(client.version(), capture_output=True, text=True, check=True)
    found = re.search(r"\d+\.\d+\.\d+", done.stdout)
    assert found, done.stdout
    return found.group()
