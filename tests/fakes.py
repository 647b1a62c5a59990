"""Fakes that implement the ports, for tests of what stands above them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import count

from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.capabilities import Capabilities
from ci_tokengate.core.comments import Comment
from ci_tokengate.core.context import JobContext, PullRequest
from ci_tokengate.core.keys import Credential, Handle, JobKey, KeyRecord, KeyRequest
from ci_tokengate.core.policy import Policy, Routing, Team, UseCase
from ci_tokengate.core.policy_place import BranchRule
from ci_tokengate.core.postings import bears
from ci_tokengate.core.usage import UsageRow, by_alias
from ci_tokengate.ports import LostAnswer, RunState

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=timezone.utc)


class FakeClock:
    def __init__(self, now: datetime = NOW) -> None:
        self.time = now
        self.on_sleep: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self.on_sleep()


@dataclass
class FakeProxy:
    """Keeps keys in memory. `lose` answers of mints are lost after they took effect."""

    budget: TeamBudget = field(
        default_factory=lambda: TeamBudget(spend=Decimal(0), max_budget=Decimal(1200))
    )
    clock: FakeClock = field(default_factory=FakeClock)
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(product="LiteLLM"))
    admin: bool = False
    lose: int = 0
    spent: bool | None = False
    missing: list[str] = field(default_factory=list)
    rows: list[UsageRow] = field(default_factory=list)
    alive: dict[str, KeyRecord] = field(default_factory=dict)
    revoked: dict[str, KeyRecord] = field(default_factory=dict)
    reads: int = 0
    requests: list[KeyRequest] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    after_mint: Callable[[], None] = lambda: None
    before_rows: Callable[[], None] = lambda: None
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def credential(self) -> Credential:
        return Credential(user_id=None if self.admin else "ci-minter", is_admin=self.admin)

    def team_budget(self, team_id: str) -> TeamBudget:
        return self.budget

    def keys(
        self, *, prefix: str, part: str = "", since: datetime | None = None
    ) -> list[KeyRecord]:
        return _named(self.alive, prefix, part)

    def live_keys(self, *, prefix: str, team_id: str | None = None) -> list[KeyRecord]:
        now = self.clock.now()
        return [
            k
            for k in self.keys(prefix=prefix)
            if (team_id is None or k.team_id == team_id)
            and (k.expires_at is None or k.expires_at > now)
        ]

    def revoked_keys(
        self, *, prefix: str, part: str = "", since: datetime | None = None
    ) -> list[KeyRecord]:
        return _named(self.revoked, prefix, part)

    def usage_by_alias(self, prefix: str, *, since: datetime, part: str = "") -> Iterable[UsageRow]:
        self.reads += 1
        self.before_rows()
        return self._logged(prefix, since, part)

    def spent_by_alias(self, prefix: str, *, since: datetime) -> Mapping[str, Decimal]:
        return by_alias(self.usage_by_alias(prefix, since=since))

    def log_size(self, prefix: str, *, since: datetime, part: str = "") -> int:
        return len(self._logged(prefix, since, part))

    def _logged(self, prefix: str, since: datetime, part: str) -> list[UsageRow]:
        return [
            r
            for r in self.rows
            if r.alias.startswith(prefix)
            and part in r.alias
            and (r.started_at is None or r.started_at >= since)
        ]

    def log_begins(self, *, since: datetime) -> datetime | None:
        times = [row.started_at for row in self.rows if row.started_at]
        return min(times, default=None)

    def usage_of(self, key_id: str, *, since: datetime | None = None) -> Iterable[UsageRow]:
        return [r for r in self.rows if r.key_id == key_id]

    def mint(self, request: KeyRequest) -> JobKey:
        self.requests.append(request)
        number = next(self._ids)
        key = JobKey(
            key=f"sk-fake-{number:08d}",
            id=f"id-{number}",
            alias=request.alias,
            cap=request.cap,
            expires_at=self.clock.now() + request.ttl,
        )
        self.add(key.id, request.alias, request.cap, team_id=request.team_id)
        if self.lose:
            self.lose -= 1
            raise LostAnswer("broke off")
        self.after_mint()
        return key

    def add(
        self, key_id: str, alias: str, cap: Decimal, *, team_id: str = "t", age: float = 0.0
    ) -> None:
        """A live key of somebody's, minted `age` seconds ago."""
        self.alive[key_id] = KeyRecord(
            id=key_id,
            alias=alias,
            team_id=team_id,
            cap=cap,
            spend=Decimal(0),
            created_at=self.clock.now() - timedelta(seconds=age),
            expires_at=self.clock.now() + timedelta(hours=1),
        )

    def spend(self, key_id: str, amount: str) -> None:
        self.alive[key_id] = replace(self.alive[key_id], spend=Decimal(amount))

    def missing_models(self, job_key: str, models: Iterable[str]) -> list[str]:
        return self.missing

    def budget_spent(self, handle: Handle, job_key: str) -> bool | None:
        return self.spent

    def revoke(self, handle: Handle) -> bool:
        for key_id, key in list(self.alive.items()):
            if handle.key_id == key_id or (handle.key_id is None and key.alias == handle.alias):
                self.revoked[key_id] = replace(key, revoked_at=self.clock.now())
                del self.alive[key_id]
                return True
        if handle.key_id is None:
            self.taken.append(handle.alias)
        return False


def _named(keys: dict[str, KeyRecord], prefix: str, part: str) -> list[KeyRecord]:
    found = (k for k in keys.values() if k.alias.startswith(prefix))
    return [k for k in found if part.lower() in k.alias.lower()]


@dataclass
class FakeHost:
    states: dict[str, RunState] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def file_at(self, repository: str, path: str, ref: str) -> str | None:
        return None

    def files_in(self, repository: str, folder: str, ref: str) -> list[str]:
        return []

    def branch_rules(self, repository: str, branch: str) -> list[BranchRule]:
        return []

    def pull_request(self, repository: str, number: int) -> PullRequest:
        return PullRequest(number=number, base_sha="b" * 40, head_ref="topic", from_fork=False)

    def pulls_of_head(
        self, repository: str, owner: str, branch: str, sha: str
    ) -> list[PullRequest]:
        return []

    def pulls_since(self, repository: str, since: datetime) -> Iterable[PullRequest]:
        return []

    def run_state(self, repository: str, run_id: str, attempt: int) -> RunState:
        self.asked.append(run_id)
        return self.states.get(run_id, RunState.UNKNOWN)


def a_context(number: int | None = 12, run_id: str = "777", job: str = "review") -> JobContext:
    """A job of pull request `number`, or of a push to main."""
    pull = None
    if number is not None:
        pull = PullRequest(number=number, base_sha="b" * 40, head_ref="topic", from_fork=False)
    return JobContext(
        server="github.com",
        repository="acme/web_app",
        event="pull_request" if pull else "push",
        ref=f"refs/pull/{number}/merge" if pull else "refs/heads/main",
        sha="a" * 40,
        run_id=run_id,
        run_attempt=1,
        job=job,
        workflow="review.yml",
        pull_request=pull,
    )


def a_use_case(
    *, run: str = "2", pr: str | None = None, agentic: bool = True, name: str = "code-review"
) -> UseCase:
    return UseCase(
        name=name,
        routing=Routing(models=("claude-sonnet",)),
        cap_per_run=Decimal(run),
        cap_per_pr=None if pr is None else Decimal(pr),
        agentic=agentic,
    )


def a_policy(use_case: UseCase | None = None, *, plan: str | None = "800") -> Policy:
    case = use_case or a_use_case()
    team = Team(name="t", id="t", plan=None if plan is None else Decimal(plan))
    return Policy(
        source="policy.yml",
        default_team="t",
        default_use_case=case.name,
        teams={"t": team},
        use_cases={case.name: case},
    )


ROBOT = "github-actions[bot]"


@dataclass
class Conversation:
    """The comments on a pull request, by id, as GitHub keeps them: author and body."""

    written: dict[int, tuple[str, str]] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def add(self, body: str, author: str = ROBOT) -> int:
        number = next(self._ids)
        self.written[number] = (author, body)
        return number

    def bodies(self, author: str = ROBOT) -> list[str]:
        return [body for who, body in self.written.values() if who == author]


@dataclass
class FakeComments:
    """One token's view of a conversation.

    `step` is called before and after each effect, with what is done: a test can stop there, let
    others do something, or raise.
    """

    conversation: Conversation = field(default_factory=Conversation)
    author: str = ROBOT
    step: Callable[[str], None] = lambda _: None
    done: list[str] = field(default_factory=list)

    def mine(self, marker: str) -> list[Comment]:
        with self._stepping("mine"):
            found = sorted(self.conversation.written.items())
            own = [
                (n, body) for n, (who, body) in found if who == self.author and bears(body, marker)
            ]
        return [self._seen(number, body) for number, body in own]

    def create(self, body: str) -> Comment:
        with self._stepping("create"):
            number = self.conversation.add(body, self.author)
        return self._seen(number, body)

    def edit(self, comment: Comment, body: str) -> Comment | None:
        with self._stepping("edit"):
            there = comment.id in self.conversation.written
            if there:
                self.conversation.written[comment.id] = (self.author, body)
        return self._seen(comment.id, body) if there else None

    def delete(self, comment: Comment) -> None:
        with self._stepping("delete"):
            self.conversation.written.pop(comment.id, None)

    def hide(self, comment: Comment) -> None:
        with self._stepping("hide"):
            self.conversation.hidden.append(comment.id)

    @contextmanager
    def _stepping(self, what: str) -> Iterator[None]:
        self.step(f"before {what}")
        yield
        self.done.append(what)
        self.step(f"after {what}")

    def _seen(self, number: int, body: str) -> Comment:
        return Comment(id=number, node_id=f"C{number}", body=body, url=f"https://c/{number}")
