"""Metrics as text, read by the parsers of those who read it."""

from __future__ import annotations

from decimal import Decimal

from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

from ci_tokengate.adapters.metrics.openmetrics import openmetrics_text
from ci_tokengate.core.metrics import values as m

TEAMS = ("payments-squad", 'a "quoted"\nteam\\', "<img src=x>")


def metric(instrument: m.Instrument) -> m.Metric:
    points = tuple(
        m.Point(labels={"tokengate.team.name": team}, value=Decimal(n) + Decimal("0.25"))
        for n, team in enumerate(TEAMS)
    )
    return m.Metric(instrument=instrument, points=points)


def test_openmetrics_own_parser_reads_all_names_units_and_values() -> None:
    text = openmetrics_text([metric(instrument) for instrument in m.ALL]).decode()
    assert text.endswith("# EOF\n")
    found = {family.name: family for family in openmetrics(text)}
    assert set(found) == {i.text_name for i in m.ALL}
    for instrument in m.ALL:
        family = found[instrument.text_name]
        assert (family.type, family.unit) == ("gauge", instrument.text_unit)
        assert family.documentation == instrument.help
        assert {s.labels["tokengate_team_name"]: s.value for s in family.samples} == {
            team: n + 0.25 for n, team in enumerate(TEAMS)
        }


def test_the_older_format_that_node_exporter_reads_is_the_same_text() -> None:
    text = openmetrics_text([metric(m.SPEND)]).decode()
    [family] = prometheus(text)
    assert (family.name, family.type) == ("tokengate_cost_spend_usd", "gauge")
    assert [s.value for s in family.samples] == [0.25, 1.25, 2.25]


def test_nothing_is_said_of_a_month_without_figures() -> None:
    assert openmetrics_text([]) == b"# EOF\n"
