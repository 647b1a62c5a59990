"""The median of the team's merged pull requests: a comparison that is right, or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from ci_tokengate.core.context import PullRequest
from ci_tokengate.core.report import Median
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.errors import DeadlineError, ProxyUnavailableError, UndecidedError, UsageError
from ci_tokengate.lifecycle.history import merged_median
from tests.fakes import NOW, FakeHost, FakeProxy


@dataclass
class Host(FakeHost):
    """`pulls` as GitHub lists them: what was updated last comes first."""

    pulls: list[PullRequest] = field(default_factory=list)
    asked_since: datetime | None = None
    read: int = 0
    error: Exception | None = None

    def pulls_since(self, repository: str, since: datetime) -> Iterator[PullRequest]:
        self.asked_since = since
        for pull in self.pulls:
            self.read += 1
            yield pull
        if self.error is not None:
            raise self.error


@dataclass
class SlowProxy(FakeProxy):
    seconds: float = 0

    def usage_by_alias(self, prefix: str, *, since: datetime, part: str = "") -> Iterable[UsageRow]:
        self.clock.time += timedelta(seconds=self.seconds)
        return super().usage_by_alias(prefix, since=since, part=part)


def pull(number: int, *, merged: bool = True) -> PullRequest:
    return PullRequest(
        number=number,
        base_sha="b",
        head_ref="topic",
        from_fork=False,
        opened_at=NOW - timedelta(days=9),
        merged_at=NOW - timedelta(days=1) if merged else None,
        closed_at=NOW - timedelta(days=1),
    )


def spent(number: int, usd: str, *, team: str = "t", failed: bool = False) -> UsageRow:
    return UsageRow(
        key_id="k",
        alias=f"tokengate:acme/shop#{number}:1.1:review:code-review:ab",
        model="m",
        call_type="",
        spend=Decimal(usd),
        team_id=team,
        failed=failed,
    )


@pytest.fixture
def host() -> Host:
    return Host(pulls=[pull(number) for number in range(1, 6)])


@pytest.fixture
def proxy() -> SlowProxy:
    return SlowProxy(rows=[spent(number, str(number)) for number in range(1, 6)])


def median(proxy: SlowProxy, host: Host, *, but: int = 99, seconds: float = 10) -> Median | None:
    return merged_median(
        proxy,
        host,
        "acme/shop",
        but=but,
        team_ids=frozenset({"t"}),
        clock=proxy.clock,
        patience=timedelta(seconds=seconds),
    )


def test_of_five_it_is_the_middle_and_of_fewer_there_is_none(proxy: SlowProxy, host: Host) -> None:
    assert median(proxy, host) == Median(amount=Decimal(3), count=5)
    host.pulls.pop()
    assert median(proxy, host) is None


def test_of_an_even_number_it_is_exactly_between_the_middle_two(
    proxy: SlowProxy, host: Host
) -> None:
    host.pulls.append(pull(6))
    proxy.rows.append(spent(6, "4.0000000001"))
    assert median(proxy, host) == Median(amount=Decimal("3.5"), count=6)


def test_the_calls_of_one_pull_request_are_added_up(proxy: SlowProxy, host: Host) -> None:
    proxy.rows += [spent(3, "0.5"), spent(3, "0.25"), spent(3, "0", failed=True)]
    assert median(proxy, host) == Median(amount=Decimal("3.75"), count=5)


def test_the_one_that_is_compared_is_not_among_them(proxy: SlowProxy, host: Host) -> None:
    assert median(proxy, host, but=5) is None


def test_what_was_not_merged_does_not_count(proxy: SlowProxy, host: Host) -> None:
    host.pulls[0] = pull(1, merged=False)
    assert median(proxy, host) is None


def test_what_other_teams_paid_does_not_count(proxy: SlowProxy, host: Host) -> None:
    proxy.rows[0] = spent(1, "1", team="other")
    assert median(proxy, host) is None
    proxy.rows[0] = spent(1, "1")
    proxy.rows.append(spent(2, "100", team="other"))
    assert median(proxy, host) == Median(amount=Decimal(3), count=5)


def test_a_pull_request_without_a_call_does_not_count(proxy: SlowProxy, host: Host) -> None:
    proxy.rows[0] = spent(1, "0", failed=True)
    assert median(proxy, host) is None


def test_a_pull_request_with_a_call_that_has_no_price_does_not_count(
    proxy: SlowProxy, host: Host
) -> None:
    proxy.rows.append(replace(spent(1, "0"), input_tokens=10))
    assert median(proxy, host) is None


def test_two_months_are_asked_for_and_thirty_are_enough(proxy: SlowProxy, host: Host) -> None:
    host.pulls = [pull(number) for number in range(1, 200)]
    proxy.rows = [spent(number, "2") for number in range(1, 200)]
    assert median(proxy, host) == Median(amount=Decimal(2), count=30)
    assert host.read == 31
    assert host.asked_since == NOW - timedelta(days=60)


def test_after_its_time_it_is_that_of_what_was_read(proxy: SlowProxy, host: Host) -> None:
    host.pulls = [pull(number) for number in range(1, 200)]
    proxy.rows = [spent(number, "2") for number in range(1, 200)]
    proxy.seconds = 1.9
    found = median(proxy, host)
    assert found is not None
    assert (found.count, host.read) == (6, 7)
    proxy.seconds = 4
    assert median(proxy, host) is None


def test_a_deadline_that_passes_in_the_middle_of_a_log_leaves_what_was_read_before(
    host: Host,
) -> None:
    class Hanging(SlowProxy):
        def usage_by_alias(
            self, prefix: str, *, since: datetime, part: str = ""
        ) -> Iterable[UsageRow]:
            if "#7:" in prefix:
                raise DeadlineError("Gave up after 4 s")
            return super().usage_by_alias(prefix, since=since, part=part)

    host.pulls = [pull(number) for number in (1, 2, 3, 4, 5, 7, 8)]
    proxy = Hanging(rows=[spent(number, str(number)) for number in range(1, 9)])
    assert median(proxy, host) == Median(amount=Decimal(3), count=5)


@pytest.mark.parametrize("error", [UndecidedError("limits"), UsageError("403")])
def test_a_host_that_fails_means_no_comparison_and_no_failure(
    proxy: SlowProxy, host: Host, error: Exception
) -> None:
    host.error = error
    assert median(proxy, host) is None


def test_a_proxy_that_fails_means_the_same(host: Host) -> None:
    class Down(SlowProxy):
        def usage_by_alias(
            self, prefix: str, *, since: datetime, part: str = ""
        ) -> Iterable[UsageRow]:
            raise ProxyUnavailableError("down")

    assert median(Down(), host) is None
