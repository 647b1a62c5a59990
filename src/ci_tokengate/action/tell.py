"""Telling a pull request its cost, from post and from `mode: settle`. Words fail open (DESIGN D9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from ci_tokengate.action import TITLE
from ci_tokengate.action.inputs import OFF
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.price_book import list_price
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.commands.comment import comment
from ci_tokengate.core.comments import Behavior
from ci_tokengate.core.context import PullRequest
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.report import Refused, Report
from ci_tokengate.errors import TokengateError
from ci_tokengate.lifecycle.publish import Change, Manner
from ci_tokengate.lifecycle.report import Reporter
from ci_tokengate.ports import Proxy
from ci_tokengate.render.comment import headline, markdown
from ci_tokengate.render.jobs import By
from ci_tokengate.wiring import proxies
from ci_tokengate.wiring.comments import chance, open_comments


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Who tells, and how: `behavior` is a Behavior's value or `off`; `above` is USD; `idle` as in Manner."""

    api_url: str
    token: str = field(repr=False)
    repository: str
    by: By
    behavior: str
    above: Decimal
    deadline: Deadline
    runner: GitHubRunner
    idle: bool = True

    def reporter(
        self, proxy: Proxy, policy: Policy, pull: PullRequest, refused: tuple[Refused, ...] = ()
    ) -> Reporter:
        return Reporter(
            proxy=proxy,
            policy=policy,
            repository=self.repository,
            pull=pull,
            clock=proxies.clock(),
            book=list_price,
            refused=refused,
        )

    def tell(self, reporter: Reporter) -> tuple[Report, str]:
        """The report and the comment's URL (empty where there is none). The summary gets the same.

        Raises what the proxy raises; a comment that cannot be written is a warning.
        """
        report, url = self._commented(reporter)
        self.runner.summary(markdown(report, self.by))
        return report, url

    def _commented(self, reporter: Reporter) -> tuple[Report, str]:
        if self.behavior == OFF:
            return reporter.report(), ""
        number = reporter.pull.number
        manner = Manner(
            repository=self.repository,
            number=number,
            by=self.by,
            behavior=Behavior(self.behavior),
            above=self.above,
            refused=reporter.refused,
            idle=self.idle,
        )
        first = reporter.report()  # what the proxy raises is the caller's; from here on it is words
        try:
            comments = open_comments(
                self.api_url, self.token, self.repository, number, self.deadline
            )
            done = comment(comments, reporter, manner, clock=reporter.clock, chance=chance)
        except TokengateError as error:
            text = f"The comment on pull request {number} was not written: {error.message}"
            self.runner.annotate("warning", TITLE, f"{text} {error.hint}".strip())
            return first, ""
        if done.change is not Change.QUIET:
            self.runner.say(f"{done.change.value}: {done.url}")
        return done.report, done.url


def plain_headline(report: Report) -> str:
    """The first line for a log: without its markup."""
    return headline(report).replace("<code>", "").replace("</code>", "").replace("*", "")
