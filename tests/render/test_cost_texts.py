"""What `cost` says, as whole texts: golden/cost.txt. `UPDATE_GOLDEN=1` writes it anew; read the diff."""

from __future__ import annotations

import json
import os
import unicodedata
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.cost import Cost, CostRow, CostState, KeyCost
from ci_tokengate.render.cost import cost_json, figure, unknown_json
from ci_tokengate.render.cost_text import cost_lines
from tests.fakes import NOW

GOLDEN = Path(__file__).parent / "golden"
SUBJECT = "acme/shop#12"
HOSTILE = "a\nb\x1b[31mred\x9b2J\u202egnp.exe\u200d\r\t\x00`|<!--" + "x" * 300


def a_row(cost: str = "3.31", **changes: Any) -> CostRow:
    given: dict[str, Any] = {
        "use_case": "code-review",
        "model": "claude-sonnet",
        "requests": 41,
        "input_tokens": 812_400,
        "output_tokens": 31_090,
        "cache_read_tokens": 640_000,
        "cache_write_tokens": 52_000,
        "cost": Decimal(cost),
    }
    return CostRow(**(given | changes))


def a_key(cost: str = "3.31", **changes: Any) -> KeyCost:
    given: dict[str, Any] = {
        "id": "5f" * 32,
        "alias": "tokengate:acme/shop#12:777.1:review:code-review:ab12",
        "run_id": "777",
        "attempt": 1,
        "job": "review",
        "use_case": "code-review",
        "cost": Decimal(cost),
        "status": "revoked",
        "team_id": "payments-squad",
        "cap": Decimal(2),
        "requests": 41,
    }
    return KeyCost(**(given | changes))


def a_cost(*rows: CostRow, keys: tuple[KeyCost, ...] = (a_key(),), **changes: Any) -> Cost:
    total = sum((row.cost for row in rows), Decimal(0))
    made = Cost(total=total, state=CostState.SETTLED, as_of=NOW, rows=rows, keys=keys)
    return replace(made, **changes)


HAIKU = a_row("0.1100000000000001", model="claude-haiku", requests=12, input_tokens=60_200)
HAIKU = replace(HAIKU, cache_read_tokens=0, cache_write_tokens=0)
OURS = a_row("0", model="acme-llm-v2", requests=4, unpriced=4, list_price=None)
SINGLE = a_row("0.25", requests=2, unpriced=1, list_price=Decimal("0.125"))
RUNNING = {"state": CostState.PROVISIONAL, "running": 1}
THOUSANDS = tuple(
    a_key(f"0.{n:04}", run_id=str(1000 + n), job=f"shard-{n}", id=f"{n:064x}") for n in range(3000)
)
COSTS = {
    "several rows": a_cost(
        a_row(), HAIKU, a_row("0.0000000001", use_case="triage", requests=1), keys=(a_key(),) * 2
    ),
    "one row": a_cost(a_row()),
    "no rows: a key that made no call": a_cost(keys=(a_key("0", requests=0),)),
    "no keys: the proxy knows none": a_cost(keys=()),
    "no price, and no book knows it": a_cost(a_row(), OURS),
    "no price for some, and a list price": a_cost(SINGLE),
    "nothing has a price": a_cost(OURS, keys=(a_key("0"),)),
    "rows that are lost": a_cost(a_row(), state=CostState.UNKNOWN, lost=Decimal("2.5")),
    "a job is running": a_cost(a_row(), keys=(a_key(status="active"),), **RUNNING),
    "the proxy may be writing": a_cost(a_row(), state=CostState.PROVISIONAL),
    "running, without a price": a_cost(SINGLE, keys=(a_key(status="active"),), **RUNNING),
    "caps and budgets that refused": a_cost(
        a_row(),
        keys=(
            a_key(refused_by_cap=6),
            a_key(run_id="778", refused_by_cap=1, cap=None),
            a_key(run_id="778", attempt=2, refused_by_team=2),
            a_key(run_id="779", refused_by_cap=1, refused_by_team=1234),
        ),
    ),
    "keys that the proxy no longer lists": a_cost(
        a_row(),
        a_row("1", use_case=""),
        keys=(
            a_key(status="gone", cap=None),
            a_key("1", alias="somebodys-key", run_id="", attempt=0, job="", use_case=""),
        ),
    ),
    "names of strangers": a_cost(
        a_row(model=HOSTILE, use_case=HOSTILE, unpriced=1),
        a_row(model="模型-二", use_case="été"),
        keys=(
            a_key(job=HOSTILE, run_id=HOSTILE, use_case=HOSTILE),
            a_key(alias=HOSTILE, run_id="", job="作業"),
        ),
    ),
    "51 jobs": a_cost(a_row(), keys=THOUSANDS[:51]),
    "thousands of jobs": a_cost(a_row(), keys=THOUSANDS),
    "hundreds of models": a_cost(*(a_row(f"0.{n:03}", model=f"m-{n:03}") for n in range(300))),
}


def test_every_text_of_a_cost() -> None:
    parts = []
    for name, cost in COSTS.items():
        parts += [f"== {name}", *cost_lines(cost, SUBJECT), ""]
    text = "\n".join(parts)
    path = GOLDEN / "cost.txt"
    if "UPDATE_GOLDEN" in os.environ:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_at_most_50_jobs_are_listed_the_dearest_in_the_order_of_their_runs() -> None:
    lines = cost_lines(a_cost(a_row(), keys=THOUSANDS[::-1]), SUBJECT)
    listed = [line.split()[1] for line in lines if line.strip().startswith("run ")]
    assert listed == [f"{run}.1" for run in range(3999, 3949, -1)]
    assert "and 2,950 jobs of $0.29 or less" in lines[-1]
    assert len(cost_json(a_cost(a_row(), keys=THOUSANDS))["keys"]) == 3000


@given(st.text(), st.text(), st.text())
def test_no_name_puts_a_control_character_on_a_terminal(one: str, two: str, three: str) -> None:
    cost = a_cost(
        a_row(use_case=one, model=two, unpriced=1),
        keys=(a_key(job=one, use_case=two, run_id=three), a_key(alias=three, run_id="")),
    )
    lines = cost_lines(cost, f"{one} of {two}")
    for line in lines:
        assert [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")] == []
    assert len(lines) == len(cost_lines(a_cost(a_row(unpriced=1), keys=(a_key(),) * 2), SUBJECT))


def test_the_json_has_what_was_promised() -> None:
    body = cost_json(a_cost(a_row("3.3100000000000001"), keys=(a_key("0.00000007"),)))
    promised = ["total_usd", "state", "as_of", "requests", "rows", "keys"]
    assert {name: body[name] for name in promised[:4]} == {
        "total_usd": "3.3100000000000001",
        "state": "settled",
        "as_of": "2026-11-23T14:00:00.000000Z",
        "requests": 41,
    }
    assert [*body] == [*promised[:4], "complete", "lost_usd", "reason", *promised[4:]]
    assert body["rows"] == [
        {
            "use_case": "code-review",
            "model": "claude-sonnet",
            "requests": 41,
            "input_tokens": 812400,
            "output_tokens": 31090,
            "cache_read_tokens": 640000,
            "cache_write_tokens": 52000,
            "cost_usd": "3.3100000000000001",
            "priced": True,
            "unpriced_requests": 0,
            "list_price_usd": None,
        }
    ]
    assert body["keys"] == [
        {
            "id": "5f" * 32,
            "alias": "tokengate:acme/shop#12:777.1:review:code-review:ab12",
            "run_id": "777",
            "attempt": 1,
            "job": "review",
            "use_case": "code-review",
            "cost_usd": "0.00000007",
            "status": "revoked",
            "requests": 41,
            "cap_usd": "2",
            "refused_by_cap": 0,
            "refused_by_team": 0,
        }
    ]


def test_what_is_unknown_has_the_same_form_and_no_zero() -> None:
    body = unknown_json("The database is down.", NOW)
    assert [*body] == [*cost_json(a_cost())]
    assert {body[name] for name in ("total_usd", "requests", "lost_usd")} == {None}
    assert (body["state"], body["reason"]) == ("unknown", "The database is down.")


def test_lost_rows_are_a_reason_and_the_total_a_lower_bound() -> None:
    body = cost_json(COSTS["rows that are lost"])
    assert (body["state"], body["total_usd"], body["lost_usd"]) == ("unknown", "3.31", "2.5")
    assert "does not have all rows" in body["reason"]
    assert not body["complete"]


def test_json_tells_priced_from_unpriced_and_has_the_list_price() -> None:
    rows = cost_json(a_cost(a_row(), SINGLE, OURS))["rows"]
    assert [(r["priced"], r["unpriced_requests"], r["list_price_usd"]) for r in rows] == [
        (True, 0, None),
        (False, 1, "0.125"),
        (False, 4, None),
    ]
    json.dumps(rows)


def test_figures() -> None:
    assert {name: figure(COSTS[name]) for name in list(COSTS)[4:11]} == {
        "no price, and no book knows it": "at least $3.31",
        "no price for some, and a list price": "at least $0.25",
        "nothing has a price": "not known",
        "rows that are lost": "at least $3.31",
        "a job is running": "$3.31 so far",
        "the proxy may be writing": "$3.31 so far",
        "running, without a price": "at least $0.25 so far",
    }
