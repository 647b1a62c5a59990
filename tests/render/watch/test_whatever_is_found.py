"""Whatever a look finds can be said, in every form."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.adapters.alert_form import alert_from, alert_text
from ci_tokengate.core.governance.spike import SpikeRule, read_day
from ci_tokengate.core.tier import Tier
from ci_tokengate.core.watch.breakdown import Part, breakdown_of
from ci_tokengate.core.watch.cause import Before, likely_cause
from ci_tokengate.core.watch.watched import TeamWatch, Watched
from ci_tokengate.render.watch import as_json, markdown, slack, text
from tests.cli.report.slack_double import refusal
from tests.core.watch.test_cause import PARTS
from tests.render.watch.made import DAY, RESET, spike, tier, watched

USD = st.decimals(min_value=-5, max_value=10**7, places=10)
MAYBE = st.none() | USD
TOLD = st.sampled_from([t for t in Tier if t is not Tier.NONE])


def _team(
    days: list[Decimal],
    parts: list[Part],
    figures: tuple[Decimal | None, Decimal | None],
    exact: bool,
    its_tier: Tier,
) -> TeamWatch:
    spend = {DAY.fromordinal(DAY.toordinal() - n): amount for n, amount in enumerate(days)}
    known = (
        {}
        if len(parts) == 1
        else {
            "breakdown": breakdown_of(parts),
            "cause": likely_cause(parts, Before(jobs=set())),
        }
    )
    return TeamWatch(
        team="t",
        team_id="t",
        day=read_day("t", spend, day=DAY, rule=SpikeRule()),
        exact=exact,
        tier=its_tier,
        spend=figures[0],
        plan=figures[1],
        hard_stop=figures[1],
        resets_at=RESET if exact else None,
        **known,  # type: ignore[arg-type]
    )


TEAMS = st.builds(
    _team,
    st.lists(USD, max_size=12),
    PARTS,
    st.tuples(MAYBE, MAYBE),
    st.booleans(),
    st.sampled_from(Tier),
)


@given(st.lists(TEAMS, max_size=4), st.booleans(), st.booleans())
def test_every_form_says_it(teams: list[TeamWatch], judged: bool, observing: bool) -> None:
    found: Watched = replace(
        watched(), teams=tuple(teams), judged=judged, observing=observing, alerts=(), troubles=()
    )
    for every in (False, True):
        assert all("\n" not in line for line in text.lines(found, every=every))
    assert markdown.summary(found).startswith("### AI spend today")
    json.dumps(as_json.watched_json(found))
    for team in teams:
        for over in (False, True):
            title, body = markdown.issue(found, team, over)
            assert title
            assert "None" not in title + body


@given(PARTS, TOLD, TOLD, st.decimals(0, 10**6, places=4))
def test_every_alert_can_be_told_and_kept(
    parts: list[Part], now: Tier, before: Tier, amount: Decimal
) -> None:
    for alert in (spike(made=parts), tier(now, f"{amount:f}", before, plan=f"{amount:f}")):
        assert refusal(slack.message([alert])) == ""
        assert as_json.alert_json(alert)["text"]
        assert alert_from(alert_text(alert)) == alert
