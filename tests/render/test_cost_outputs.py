"""What `mode: settle` hands on to later steps."""

from __future__ import annotations

import json
from dataclasses import replace

from ci_tokengate.core.cost import Cost, CostState
from ci_tokengate.core.report import Report
from ci_tokengate.render.outputs import cost_outputs
from tests.render.test_cost_texts import a_cost, a_key, a_row


def told(*costs: Cost) -> list[tuple[Report, str]]:
    return [
        (Report(repository="acme/shop", number=n, cost=c), f"u{n}") for n, c in enumerate(costs)
    ]


def test_the_outputs_of_several_are_their_exact_sum_and_the_weakest_state() -> None:
    settled, open_ = (
        a_cost(a_row(usd), state=state)
        for usd, state in (
            ("12345678901234567.89", CostState.SETTLED),
            ("3.0000000000000001e-12", CostState.PROVISIONAL),
        )
    )
    outputs = cost_outputs(told(settled, open_))
    assert outputs["cost-usd"] == "12345678901234567.8900000000030000000000000001"
    assert (outputs["cost-state"], outputs["comment-url"]) == ("provisional", "")
    assert [body["pull_request"] for body in json.loads(outputs["cost-json"])] == [0, 1]
    alone = cost_outputs(told(settled))
    assert (alone["cost-state"], alone["comment-url"]) == ("settled", "u0")
    assert json.loads(alone["cost-json"])["total_usd"] == alone["cost-usd"]


def test_an_output_that_github_would_not_take_is_told_without_its_keys() -> None:
    many = replace(a_cost(a_row()), keys=tuple(a_key(alias="a" * 200) for _ in range(5000)))
    body = json.loads(cost_outputs(told(many))["cost-json"])
    assert "keys" not in body
    assert (body["total_usd"], len(body["rows"])) == ("3.31", 1)
