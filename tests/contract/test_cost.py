"""What `cost` builds on: pages in ascending order, keys that are gone, tokens of every kind of call."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm import log
from ci_tokengate.adapters.proxies.litellm.adapter import LiteLLM
from ci_tokengate.core.cost import CostState
from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.scope import Scope, of_pull_request, of_run
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.lifecycle.reckon import reckon
from ci_tokengate.sandbox import spend
from ci_tokengate.sandbox.state import Row
from tests.contract.world import MODELS, Json, World, usd

COUNT = 12
CACHED = "in=1000 out=50 cr=500 cw=300"
GEMINI = {"contents": [{"role": "user", "parts": [{"text": CACHED}]}]}


def product(world: World, *, clock: Any = None) -> LiteLLM:
    return LiteLLM(
        world.target.url, world.minter_key, deadline=Deadline(60), clock=clock or SystemClock()
    )


@pytest.fixture(scope="module")
def busy(world: World) -> tuple[Json, list[Json]]:
    """A key that made twelve calls within a second or two, and its rows, oldest first."""
    key = world.mint()
    job = world.holder(key["key"])
    for number in range(COUNT):
        assert job.messages(f"in={1000 + number} out=5").status_code == 200
    return key, world.rows(key["token"], COUNT)[::-1]


def test_rows_come_in_pages_oldest_first_if_asked(
    world: World, busy: tuple[Json, list[Json]]
) -> None:
    key, rows = busy
    query: dict[str, Any] = {"api_key": key["token"], "sort_by": "startTime", "sort_order": "asc"}
    pages = [world.logs(**query, page_size=5, page=page)["data"] for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [5, 5, 2, 0]
    assert [row["request_id"] for page in pages for row in page] == [r["request_id"] for r in rows]


def test_a_period_from_a_rows_own_second_on_holds_the_row(
    world: World, busy: tuple[Json, list[Json]]
) -> None:
    key, rows = busy
    second = rows[-1]["startTime"][:19].replace("T", " ")
    found = world.logs(api_key=key["token"], start_date=second, sort_order="asc")["data"]
    fits = [
        row["request_id"] for row in rows if row["startTime"][:19] >= rows[-1]["startTime"][:19]
    ]
    assert [row["request_id"] for row in found] == fits


@pytest.mark.parametrize("size", [1, 2, 5, 12, 13])
def test_the_product_reads_every_row_once_whatever_the_size_of_a_page(
    world: World, busy: tuple[Json, list[Json]], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, rows = busy
    monkeypatch.setattr(log, "ROWS_A_PAGE", size)
    found = list(product(world).usage_of(key["token"]))
    assert [row.input_tokens for row in found] == [row["prompt_tokens"] for row in rows]
    by_alias = list(product(world).usage_by_alias(key["key_alias"], since=_yesterday()))
    assert by_alias == found


def test_more_rows_than_are_counted_are_read_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here with a hundredth of the numbers, on either side. The real proxy, whose tables can be written:
    tests/live/test_cost.py."""
    if world.target.sandbox is None:
        pytest.skip("ten thousand calls take too long")
    assert (spend._COUNTED, log._COUNTED, log.ROWS_A_PAGE) == (10_000, 10_000, 1000)
    for module in (spend, log):
        monkeypatch.setattr(module, "_COUNTED", 100)
    monkeypatch.setattr(log, "ROWS_A_PAGE", 10)
    key = world.mint()
    world.holder(key["key"]).messages("in=1000 out=50")
    world.rows(key["token"], 1)
    state = world.target.sandbox.state
    with state.lock:
        (row,) = [row for row in state.rows if row.token == key["token"]]
        state.rows.extend(_copy(row, number) for number in range(1, 150))
    try:
        first = world.logs(api_key=key["token"], page_size=10)
        assert (first["total"], first["total_is_capped"], first["total_pages"]) == (100, True, 10)
        found = list(product(world).usage_of(key["token"]))
        size = product(world).log_size(key["key_alias"], since=_yesterday())
        state.rows.append(_copy(row, 2000))
        larger = product(world).log_size(key["key_alias"], since=_yesterday())
    finally:
        with state.lock:
            state.rows[:] = [row for row in state.rows if row.token != key["token"]]
    assert len(found) == 150
    assert sum(row.spend for row in found) == Decimal("0.00125") * 150
    assert 150 <= size < larger


def _yesterday() -> datetime:
    return datetime.now(timezone.utc) - timedelta(days=1)


def test_a_log_is_longer_with_each_call_and_else_as_long_as_it_was(world: World) -> None:
    key, other = world.mint(), world.mint()
    sizes = []
    for count in (1, 2):
        world.holder(key["key"]).messages("in=1000 out=50")
        world.rows(key["token"], count)
        sizes.append(product(world).log_size(key["key_alias"], since=_yesterday()))
    world.holder(other["key"]).messages("in=1000 out=50")
    world.rows(other["token"], 1)
    sizes.append(product(world).log_size(key["key_alias"], since=_yesterday()))
    assert sizes == [1, 2, 2]


def _copy(row: Row, number: int) -> Row:
    """Three at a time, half a second later each: more than a page has in no second."""
    return Row(
        token=row.token,
        start=row.start + timedelta(milliseconds=number // 3 * 500),
        spend=row.spend,
        fields={**row.fields, "request_id": f"copy-{number}"},
        metadata=row.metadata,
    )


def test_a_revoked_key_is_listed_with_its_end_its_cap_and_what_it_had_spent(world: World) -> None:
    key = world.mint(max_budget=1.25)
    world.holder(key["key"]).messages("in=1000 out=50")
    world.rows(key["token"], 1)
    spent = world.target.eventually(lambda: _spend(world, key))
    began = datetime.now(timezone.utc)
    world.minter.post("/key/delete", {"keys": [key["token"]]})
    (found,) = product(world).revoked_keys(prefix=key["key_alias"])
    assert (found.id, found.alias, found.cap) == (key["token"], key["key_alias"], Decimal("1.25"))
    assert usd(found.spend) == usd(spent)
    assert found.revoked_at is not None
    assert abs(found.revoked_at - began) < timedelta(seconds=10)
    assert found.created_at is not None
    assert found.created_at < found.revoked_at
    assert product(world).keys(prefix=key["key_alias"]) == []


def _spend(world: World, key: Json) -> Decimal | None:
    (found,) = product(world).keys(prefix=key["key_alias"])
    return found.spend or None


def test_keys_are_found_by_a_part_of_their_alias_in_any_case_and_rows_to_the_letter(
    world: World,
) -> None:
    run = f"9{world.run}"
    alias = f"{world.prefix}{run}.1:review:code-review:ab12"
    key = world.mint(key_alias=alias)
    world.holder(key["key"]).messages("in=1000 out=50")
    world.rows(key["token"], 1)
    proxy, since = product(world), datetime.now(timezone.utc) - timedelta(days=1)
    for part in (f":{run}.", f":{run}.".upper(), world.prefix.upper()):
        found = proxy.keys(prefix="tokengate:", part=part)
        assert found[-1].id == key["token"], "oldest first"
    assert len(list(proxy.usage_by_alias("tokengate:", since=since, part=f":{run}."))) == 1
    assert list(proxy.usage_by_alias("tokengate:", since=since, part=f":{run[:-1]}.")) == []


@pytest.fixture(scope="module")
def tokens(world: World) -> list[UsageRow]:
    """One call of each kind that reads from a cache, as the product sees it, oldest first."""
    key = world.mint(models=MODELS)
    job = world.holder(key["key"])
    streamed: Json = {"stream": True, "stream_options": {"include_usage": True}}
    answers = [
        job.messages(CACHED, "claude-sonnet"),
        job.messages(CACHED, "claude-sonnet", stream=True),
        job.chat(CACHED, "claude-sonnet"),
        job.chat(CACHED, "claude-sonnet", **streamed),
        job.chat(CACHED),
        job.chat(CACHED, **streamed),
        job.chat(CACHED, stream=True),
        job.responses(CACHED),
        job.responses(CACHED, stream=True),
        job.post("/v1beta/models/gemini-flash:generateContent", GEMINI),
        job.post("/v1beta/models/gemini-flash:streamGenerateContent?alt=sse", GEMINI),
        job.post(
            "/v1/messages/count_tokens",
            {"model": "claude-sonnet", "messages": [{"role": "user", "content": "hello"}]},
        ),
    ]
    assert {answer.status_code for answer in answers} == {200}
    world.rows(key["token"], len(answers) - 1)
    return list(product(world).usage_of(key["token"]))


@pytest.mark.parametrize(
    ("place", "model", "call_type", "counts", "spend"),
    [
        (0, "claude-sonnet", "anthropic_messages", (1800, 50, 500, 300), "0.005025"),
        (1, "claude-sonnet", "anthropic_messages", (1800, 50, 500, 300), "0.005025"),
        (2, "claude-sonnet", "acompletion", (1800, 50, 500, 300), "0.005025"),
        (3, "claude-sonnet", "acompletion", (1800, 50, 500, 300), "0.005025"),
        (4, "gpt-mini", "acompletion", (1000, 50, 500, 0), "0.0001425"),
        (5, "gpt-mini", "acompletion", (1000, 50, 500, 0), "0.0001425"),
        (6, "gpt-mini", "acompletion", (1000, 50, 500, 0), "0.0001425"),
        (7, "gpt-codex", "aresponses", (1000, 50, 500, 0), "0.0011875"),
        (8, "gpt-codex", "aresponses", (1000, 50, 500, 0), "0.0011875"),
        (9, "gemini-flash", "agenerate_content", (1000, 50, 500, 0), "0.00029"),
        (10, "gemini-flash", "agenerate_content_stream", (1000, 50, 500, 0), "0.00029"),
    ],
)
def test_tokens_in_out_read_and_written_streaming_or_not(
    tokens: list[UsageRow],
    place: int,
    model: str,
    call_type: str,
    counts: tuple[int, ...],
    spend: str,
) -> None:
    row = tokens[place]
    assert (row.model, row.call_type) == (model, call_type)
    found = (row.input_tokens, row.output_tokens, row.cache_read_tokens, row.cache_write_tokens)
    assert found == counts
    assert usd(row.spend) == usd(spend)
    assert not row.failed
    assert not row.repeated


def test_the_log_begins_with_its_oldest_row_whosever_key_it_was(world: World) -> None:
    keys = [world.mint(), world.mint()]
    for key in keys:
        world.holder(key["key"]).messages("in=1000 out=50")
        world.rows(key["token"], 1)
    begins = product(world).log_begins(since=_yesterday())
    oldest = [next(iter(product(world).usage_of(key["token"]))).started_at for key in keys]
    assert begins is not None
    assert None not in oldest
    assert begins <= min(time for time in oldest if time)
    tomorrow = datetime.now(timezone.utc) + timedelta(hours=20)
    assert product(world).log_begins(since=tomorrow) is None


def test_counting_tokens_is_no_call(tokens: list[UsageRow]) -> None:
    assert len(tokens) == 11


def test_a_pull_request_and_its_run_cost_the_sum_of_their_rows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two keys, one revoked; over several pages; by pull request, by run, in another case."""
    monkeypatch.setattr(log, "ROWS_A_PAGE", 3)
    number, run = 77, f"8{world.run}"
    repository = f"acme/web_app-{world.run}"
    keys = [
        world.mint(key_alias=f"tokengate:{repository}#{number}:{run}.{n}:job:uc:{n}")
        for n in (1, 2)
    ]
    for key in keys:
        for _ in range(4):
            world.holder(key["key"]).messages("in=1000 out=50")
    for key in keys:
        world.rows(key["token"], 4)
    world.minter.post("/key/delete", {"keys": [keys[0]["token"]]})
    scopes: list[Scope] = [
        of_pull_request(repository, number),
        of_pull_request(repository.upper(), number),
        of_run(repository, run),
    ]
    for scope in scopes:
        cost = reckon(product(world), scope, opened_at=None, clock=SystemClock())
        assert usd(cost.total) == usd("0.01")
        assert (cost.state, cost.running, cost.requests) == (CostState.PROVISIONAL, 1, 8)
        assert [(key.attempt, key.status) for key in cost.keys] == [(1, "revoked"), (2, "active")]
        assert [usd(key.cost) for key in cost.keys] == [usd("0.005")] * 2


def test_the_records_of_keys_are_of_use(world: World) -> None:
    """An expired key is listed beside the living, with its time."""
    key = world.mint(duration="1s")
    world.target.pass_time(1.2)
    (found,) = product(world).keys(prefix=key["key_alias"])
    assert isinstance(found, KeyRecord)
    assert found.expires_at is not None
    now = world.target.clock() if world.target.clock else datetime.now(timezone.utc)
    assert found.status(now) == "expired"
