from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.contract.world import MODELS, World, error_of, sse_data, usd


def test_a_message_is_answered_in_anthropics_words(world: World) -> None:
    job = world.holder(world.mint()["key"])
    answer = job.messages("in=1000 out=50 cr=500 cw=300", "claude-sonnet")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["type"], body["model"]) == ("message", "claude-sonnet")
    assert body["content"][0]["text"] == "fake answer"
    assert body["usage"] == {
        "input_tokens": 1000,
        "cache_creation_input_tokens": 300,
        "cache_read_input_tokens": 500,
        "output_tokens": 50,
    }
    assert usd(answer.headers["x-litellm-response-cost"]) == usd("0.005025")
    assert answer.headers["x-litellm-model-group"] == "claude-sonnet"


def test_a_key_may_come_as_anthropics_and_googles_clients_send_it(world: World) -> None:
    key = world.mint(models=["claude-haiku", "gemini-flash"])["key"]
    nobody = world.holder(None)
    assert nobody.messages("hi", headers={"x-api-key": key}).status_code == 200
    body = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
    path = "/v1beta/models/gemini-flash:generateContent"
    assert nobody.post(path, body, x_goog_api_key=key).status_code == 200


def test_a_streamed_message_ends_with_its_tokens(world: World) -> None:
    job = world.holder(world.mint()["key"])
    answer = job.messages("in=70 out=30", stream=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "x-litellm-response-cost" not in answer.headers
    events = sse_data(answer)
    kinds = [event["type"] for event in events]
    assert kinds == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert events[0]["message"]["model"] == "claude-haiku"
    assert events[0]["message"]["usage"]["input_tokens"] == 70
    assert events[-2]["usage"]["output_tokens"] == 30


def test_tokens_are_counted_without_a_charge(world: World) -> None:
    job = world.holder(world.mint()["key"])
    body = {"model": "claude-haiku", "messages": [{"role": "user", "content": "in=77"}]}
    answer = job.post("/v1/messages/count_tokens", body)
    assert (answer.status_code, answer.json()["input_tokens"]) == (200, 77)


def test_a_chat_is_answered_in_openais_words(world: World) -> None:
    job = world.holder(world.mint(models=["gpt-mini"])["key"])
    body = job.chat("in=1000 out=50 cr=500").json()
    assert (body["object"], body["model"]) == ("chat.completion", "gpt-mini")
    assert body["choices"][0]["message"]["content"] == "fake answer"
    assert (body["usage"]["prompt_tokens"], body["usage"]["completion_tokens"]) == (1000, 50)
    assert body["usage"]["prompt_tokens_details"]["cached_tokens"] == 500


def test_a_streamed_chat_tells_its_tokens_when_asked(world: World) -> None:
    job = world.holder(world.mint(models=["gpt-mini"])["key"])
    answer = job.chat("in=10 out=5", stream=True, stream_options={"include_usage": True})
    chunks = sse_data(answer)
    assert answer.text.rstrip().endswith("data: [DONE]")
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert chunks[0]["choices"][0]["delta"]["content"] == "fake answer"
    assert chunks[-1]["usage"]["total_tokens"] == 15
    silent = sse_data(job.chat("in=10 out=5", stream=True))
    assert not any("usage" in chunk for chunk in silent)


def test_a_response_is_answered_in_openais_newer_words(world: World) -> None:
    job = world.holder(world.mint(models=["gpt-codex"])["key"])
    body = job.responses("in=1000 out=50 cr=500").json()
    assert (body["object"], body["status"], body["model"]) == ("response", "completed", "gpt-codex")
    assert body["output"][0]["content"][0]["text"] == "fake answer"
    assert (body["usage"]["input_tokens"], body["usage"]["output_tokens"]) == (1000, 50)
    events = sse_data(job.responses("in=10 out=5", stream=True))
    assert events[0]["type"] == "response.created"
    assert events[-1]["type"] == "response.completed"
    assert events[-1]["response"]["usage"]["total_tokens"] == 15


def test_gemini_is_answered_in_googles_words(world: World) -> None:
    job = world.holder(world.mint(models=["gemini-flash"])["key"])
    ask = {"contents": [{"role": "user", "parts": [{"text": "in=1000 out=50 cr=500"}]}]}
    body = job.post("/v1beta/models/gemini-flash:generateContent", ask).json()
    assert body["candidates"][0]["content"]["parts"][0]["text"] == "fake answer"
    assert body["usageMetadata"]["promptTokenCount"] == 1000
    assert body["usageMetadata"]["cachedContentTokenCount"] == 500
    streamed = job.post("/v1beta/models/gemini-flash:streamGenerateContent?alt=sse", ask)
    assert sse_data(streamed)[-1]["usageMetadata"]["candidatesTokenCount"] == 50


def test_an_alias_of_the_key_routes_even_a_name_that_is_no_model(world: World) -> None:
    aliases = {"claude-opus": "claude-haiku", "anything": "claude-haiku"}
    job = world.holder(world.mint(models=["claude-haiku"], aliases=aliases)["key"])
    for name in aliases:
        answer = job.messages("in=1000 out=0", name)
        assert answer.status_code == 200
        assert answer.json()["model"] == name
        assert answer.headers["x-litellm-model-group"] == "claude-haiku"
        assert usd(answer.headers["x-litellm-response-cost"]) == usd("0.001")


def test_an_alias_reaches_no_model_the_key_does_not_have(world: World) -> None:
    key = world.mint(models=["claude-haiku"], aliases={"cheap": "gpt-mini"})
    answer = world.holder(key["key"]).messages("hi", "cheap")
    assert answer.status_code == 403
    assert error_of(answer)["type"] == "key_model_access_denied"


def test_a_model_the_key_does_not_have_and_one_that_does_not_exist_are_refused_alike(
    world: World,
) -> None:
    job = world.holder(world.mint()["key"])
    for model in ("gpt-mini", "no-such-model"):
        answer = job.messages("hi", model)
        assert answer.status_code == 403
        assert error_of(answer)["type"] == "key_model_access_denied"
        assert error_of(answer)["message"].startswith(
            f"The requested model '{model}' is not available"
        )


def test_a_model_outside_the_teams_list_is_refused_at_the_call(world: World) -> None:
    team_id = world.new_team(models=["claude-sonnet"])
    key = world.mint_as_admin(team_id=team_id)
    answer = world.holder(key["key"]).messages("hi", "claude-haiku")
    assert answer.status_code == 403
    assert error_of(answer)["type"] == "team_model_access_denied"


def test_a_key_of_no_team_fails_at_the_call(world: World) -> None:
    key = world.mint_as_admin(team_id="no-such-team")
    answer = world.holder(key["key"]).messages("hi")
    assert answer.status_code == 404
    assert "Team doesn't exist in db. Team=no-such-team." in error_of(answer)["message"]


def test_a_deleted_key_is_refused_at_the_next_call(world: World) -> None:
    key = world.mint()
    job = world.holder(key["key"])
    assert job.messages("hi").status_code == 200
    world.minter.post("/key/delete", {"keys": [key["token"]]})
    for answer in (job.messages("hi"), job.get("/v1/models")):
        assert answer.status_code == 401
        assert error_of(answer)["type"] == "token_not_found_in_db"


def test_an_expired_key_is_refused(world: World) -> None:
    job = world.holder(world.mint(duration="1s")["key"])
    world.target.pass_time(1.2)
    for answer in (job.messages("hi"), job.get("/v1/models")):
        assert answer.status_code == 401
        assert error_of(answer)["type"] == "expired_key"


def test_a_blocked_key_is_refused(world: World) -> None:
    key = world.mint()
    assert world.admin.post("/key/block", {"key": key["token"]}).status_code == 200
    answer = world.holder(key["key"]).messages("hi")
    assert answer.status_code == 401
    assert error_of(answer)["type"] == "auth_error"
    assert "Key is blocked" in error_of(answer)["message"]


def test_calls_beyond_the_parallel_limit_are_refused(world: World) -> None:
    job = world.holder(world.mint(max_parallel_requests=1, models=MODELS)["key"])
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(job.messages, "sleep=1") for _ in range(4)]
        answers = [call.result() for call in calls]
        chats = [pool.submit(job.chat, "sleep=1") for _ in range(4)]
        chat_answers = [call.result() for call in chats]
    assert {answer.status_code for answer in answers} == {200, 429}
    refused = next(answer for answer in answers if answer.status_code == 429).json()
    assert (refused["type"], refused["error"]["type"]) == ("error", "rate_limit_error")
    assert "Limit type: max_parallel_requests" in refused["error"]["message"]
    chat = next(answer for answer in chat_answers if answer.status_code == 429)
    assert error_of(chat)["type"] == "throttling_error"


def test_an_error_of_the_provider_is_passed_on_in_the_routes_own_envelope(world: World) -> None:
    job = world.holder(world.mint(models=MODELS)["key"])
    anthropic = job.messages("status=529")
    assert anthropic.status_code == 500
    assert anthropic.json()["type"] == "error"
    assert anthropic.json()["error"]["type"] == "api_error"
    chat = job.chat("status=503")
    assert chat.status_code == 503
    assert error_of(chat)["type"] == "internal_server_error"
