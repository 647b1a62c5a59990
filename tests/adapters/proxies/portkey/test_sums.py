"""The gate has half a minute: what it asks for does not grow with the jobs that a pull request has had."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ci_tokengate.errors import UndecidedError
from tests.adapters.proxies.portkey.conftest import ALIAS, DAWN, PREFIX, Lab, a_request
from tests.adapters.proxies.portkey.test_bad_days import call

TO_THE_PRODUCT = Decimal("1e-10")


def test_forty_jobs_of_two_models_take_portkey_a_handful_of_questions(lab: Lab) -> None:
    proxy = lab.portkey()
    for number in range(40):
        key = proxy.mint(a_request(f"{PREFIX}777.1:review:code-review:{number:04d}"))
        assert call(lab, key) == 200
        assert call(lab, key, model="claude-sonnet") == 200
    asked: list[int] = []
    lab.sandbox.state.faults[("GET", "/")] = lambda: asked.append(1)
    found = lab.portkey().spent_by_alias(PREFIX, since=DAWN)
    assert sum(found.values(), Decimal(0)).quantize(TO_THE_PRODUCT) == Decimal("0.24")
    assert len(asked) < 8
    asked.clear()
    assert len(list(lab.portkey().usage_by_alias(PREFIX, since=DAWN))) == 80
    assert len(asked) > 200


@pytest.mark.parametrize("unit", ["0.01", "0.5"])
def test_groups_that_do_not_add_up_to_the_whole_are_not_believed(lab: Lab, unit: str) -> None:
    key = lab.portkey().mint(a_request())
    assert call(lab, key, "in=100000 out=10") == 200
    lab.sandbox.state.group_unit = Decimal(unit)
    if unit == "0.01":
        with pytest.raises(UndecidedError, match="not in cents"):
            lab.portkey().spent_by_alias(PREFIX, since=DAWN)
    else:
        spent = lab.portkey().spent_by_alias(PREFIX, since=DAWN)[ALIAS]
        assert spent.quantize(TO_THE_PRODUCT) == Decimal("0.10005")


def test_calls_of_less_than_half_a_cent_are_not_free(lab: Lab) -> None:
    lab.sandbox.state.whole_cents = True
    for number in range(4):
        key = lab.portkey().mint(a_request(f"{PREFIX}777.1:review:code-review:{number:04d}"))
        assert call(lab, key, "in=4000 out=0") == 200
    found = lab.portkey().spent_by_alias(PREFIX, since=DAWN)
    assert sum(found.values()) == Decimal("0.02")
