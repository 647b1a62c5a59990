"""Cassettes: what a real LiteLLM answered, once; what is taken out of them, in one place.

`make cassettes` records them anew (TOKENGATE_LITELLM_URL, TOKENGATE_LITELLM_ADMIN_KEY and, for the
ceilings, TOKENGATE_LITELLM_HARDENED_URL). In `make test` they are only replayed.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import vcr

RECORDING = "TOKENGATE_RECORD_CASSETTES" in os.environ
HOST = "litellm.test"
FOLDER = Path(__file__).parent / "cassettes" / "litellm"
_KEY = re.compile(r"sk-(?!\.\.\.)[\w-]{6,}")
_DATE = re.compile(r"(start_date|end_date)=[^&]+")
_DROPPED = frozenset(
    [
        "model_map_information",
        "requester_ip_address",
        "proxy_server_request",
        "messages",
        "response",
        "user_agent",
        "vector_store_request_metadata",
        "mcp_tool_call_metadata",
        "hidden_params",
        "api_base",
        "traceback",
        "requester_custom_headers",
        "cold_storage_object_key",
    ]
)
"""Long, of this machine, or what somebody wrote to a model; the adapter reads none of it."""


def recording() -> str:
    """Tells the keys of one recording from those of the last, whose rows the proxy still has."""
    path = FOLDER / "recording.txt"
    if RECORDING:
        path.write_text(f"{secrets.token_hex(4)}\n", encoding="ascii")
    return path.read_text(encoding="ascii").strip()


@contextmanager
def cassette(name: str, *, recording: bool) -> Iterator[None]:
    path = FOLDER / f"{name}.yaml"
    if recording:
        path.unlink(missing_ok=True)
    with vcr.VCR(
        record_mode="all" if recording else "none",
        match_on=("method", "uri", "body"),
        before_record_request=_scrubbed_request,
        before_record_response=_scrubbed_response,
        decode_compressed_response=True,
    ).use_cassette(str(path)) as used:
        yield
        assert recording or used.all_played, "the adapter asks less than it did"


def _scrubbed_request(request: Any) -> Any:
    """Dates are those of the recording; any matches."""
    parts = urlsplit(request.uri)
    query = _DATE.sub(r"\1=2026-01-01", parts.query)
    request.uri = urlunsplit(("http", HOST, parts.path, query, ""))
    request.headers = {}
    if request.body:
        request.body = _KEY.sub("sk-***", request.body.decode()).encode()
    return request


def _scrubbed_response(response: Any) -> Any:
    kept = {k: v for k, v in response["headers"].items() if k.lower() == "content-type"}
    text = response["body"]["string"].decode()
    with suppress(ValueError):
        text = json.dumps(_without(json.loads(text)))
    return {
        **response,
        "headers": kept,
        "body": {"string": _KEY.sub("sk-***-scrubbed", text).encode()},
    }


def _without(body: Any) -> Any:
    if isinstance(body, list):
        return [_without(item) for item in body]
    if isinstance(body, dict):
        return {
            name: "sk-...****" if name == "key_name" else _without(value)
            for name, value in body.items()
            if name not in _DROPPED
        }
    return body
