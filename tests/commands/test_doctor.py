"""What `doctor` says, as whole texts: golden/doctor.txt. `UPDATE_GOLDEN=1` writes it anew; read the diff."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest

from ci_tokengate.adapters.proxies.litellm.remedies import remedy
from ci_tokengate.commands.doctor import Patient, doctor
from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.check import Check, Status, exit_code, fail, warn
from ci_tokengate.core.diagnosis import (
    Bound,
    Ceiling,
    Comment,
    CommentRight,
    Health,
    Knock,
    Lack,
    Minter,
    Trial,
)
from ci_tokengate.core.keys import JobKey, KeyRequest
from ci_tokengate.core.policy import Mode, Policy
from ci_tokengate.core.site import Entrance
from ci_tokengate.core.tools.dial import Dial
from ci_tokengate.core.tools.registry import select
from ci_tokengate.errors import (
    CredentialError,
    DeadlineError,
    PolicyError,
    ProxyUnavailableError,
    TokengateError,
    UndecidedError,
    UsageError,
)
from ci_tokengate.render.doctor import check_json, check_line, closing
from tests.fakes import NOW, FakeClock, FakeProxy, a_context, a_policy, a_use_case

GOLDEN = Path(__file__).parent / "golden" / "doctor.txt"
_T = TypeVar("_T")
URL = "https://llm.acme.example"
RESET = datetime(2026, 12, 1, tzinfo=timezone.utc)
HELD = [
    Bound(ceiling=c, held=True, limit=limit)
    for c, limit in {
        Ceiling.LIFETIME: Decimal(3600),
        Ceiling.EXPIRY: None,
        Ceiling.CAP: Decimal(20),
        Ceiling.CAPPED: None,
        Ceiling.PARALLEL: Decimal(8),
        Ceiling.TEAM: None,
    }.items()
]
OPEN = [Bound(ceiling=c, held=False) for c in Ceiling]
MINTER = Minter(id="0" * 8, user_id="ci-minter", calls_models=False, raises_budgets=False)


@dataclass
class FakeDiagnosis:
    """Answers as told; a TokengateError among the answers is raised."""

    how: Health | TokengateError = field(
        default_factory=lambda: Health(
            product="LiteLLM", version="1.106.2", database=True, clock_offset=0.3
        )
    )
    who: Minter | TokengateError = MINTER
    tried: Trial | BaseException | None = None
    found: list[Bound] | TokengateError = field(default_factory=lambda: list(HELD))
    heard: Knock | BaseException = field(default_factory=lambda: Knock(reached=True))
    live: set[str] = field(default_factory=set)
    requests: list[KeyRequest] = field(default_factory=list)
    paid: list[Dial] = field(default_factory=list)
    knocked: list[Dial] = field(default_factory=list)

    def health(self) -> Health:
        return _told(self.how)

    def minter(self, model: str) -> Minter:
        return _told(self.who)

    def trial(self, request: KeyRequest) -> Trial:
        self.requests.append(request)
        self.live.add(request.alias)
        if self.tried is not None:
            trial = _told(self.tried)
            self.live.discard(request.alias)
            return trial
        key = JobKey(
            key="sk-trial-0001", id="t", alias=request.alias, cap=request.cap, expires_at=NOW
        )
        return Trial(key=key)

    def bounds(self, request: KeyRequest) -> Iterable[Bound]:
        assert request.alias in self.live, "the alias is to be taken while the ceilings are tried"
        return _told(self.found)

    def forget(self, alias: str) -> None:
        self.live.discard(alias)

    def forgery(self) -> Mapping[str, str]:
        return {}

    def knock(
        self, dial: Dial, *, paid: bool = False, headers: Mapping[str, str] | None = None
    ) -> Knock:
        (self.paid if paid else self.knocked).append(dial)
        knock = _told(self.heard)
        return replace(knock, model=dial.model, cost=Decimal("0.000018")) if paid else knock

    def remedy(self, lack: Lack | Ceiling, **about: str) -> str:
        return remedy(lack, url=URL, **about)


def _told(answer: _T | BaseException) -> _T:
    if isinstance(answer, BaseException):
        raise answer
    return answer


class FakeRights:
    def __init__(self, answer: CommentRight | TokengateError) -> None:
        self.answer = answer

    def comment_right(self, repository: str) -> CommentRight:
        return _told(self.answer)


class Budgets(FakeProxy):
    """Raises what it is told instead of a budget."""

    trouble: TokengateError | None = None

    def team_budget(self, team_id: str) -> TeamBudget:
        if self.trouble:
            raise self.trouble
        return self.budget


MAY = CommentRight(answer=Comment.MAY, said="the token may write to pull requests")


def _patient(
    diagnosis: FakeDiagnosis | None,
    *,
    policy: Policy | None = None,
    budget: TeamBudget | None = None,
    tools: str = "claude-code codex",
    **changes: Any,
) -> Patient:
    proxy = Budgets()
    proxy.budget = budget or TeamBudget(
        spend=Decimal("495.20"), max_budget=Decimal(1200), resets_at=RESET
    )
    patient = Patient(
        entrance=Entrance(root=URL),
        policy=policy or a_policy(),
        policy_trouble=None,
        address=(),
        url=URL,
        why_no_proxy="see proxy",
        proxy=proxy,
        diagnosis=diagnosis,
        comments=FakeRights(MAY),
        context=a_context(),
        tools=select(tools.split()),
        folder="/private",
        clock=FakeClock(),
        nonce=iter(f"{n:08x}" for n in range(1000)).__next__,
    )
    return replace(patient, **changes)


def _policy(**changes: Any) -> Policy:
    return replace(a_policy(), **changes)


def _health(**changes: Any) -> FakeDiagnosis:
    well = Health(product="LiteLLM", version="1.106.2", database=True, clock_offset=0.0)
    return FakeDiagnosis(how=replace(well, **changes))


def _minter(**changes: Any) -> FakeDiagnosis:
    return FakeDiagnosis(who=replace(MINTER, **changes))


def _refused(lack: Lack | None, said: str = "") -> FakeDiagnosis:
    return FakeDiagnosis(tried=Trial(key=None, lack=lack, said=said))


def _budget(spend: str = "5", **changes: Any) -> TeamBudget:
    usual = TeamBudget(spend=Decimal(spend), max_budget=Decimal(1200), resets_at=RESET)
    return replace(usual, **changes)


NOBODY = ProxyUnavailableError(f"{URL} cannot be reached (Connection refused).", hint="Is it up?")
WRONG_KEY = CredentialError(f"{URL} does not accept the minting key.", hint="Check the secret.")
PAGE = UsageError(f"{URL} answers with a web page (HTTP 200).", hint="Set proxy-url.")
NULL = UndecidedError("The proxy reports no spend for team t.", hint="Unknown is not zero.")
BROKEN = PolicyError("p.yml:3:1: unknown key x.\np.yml:4:1: y is missing.", hint="Did you mean z?")
LOW = a_use_case(run="25")
TWO = _policy(
    use_cases={"code-review": LOW, "agent": replace(LOW, name="agent", parallel_requests=9)}
)

CASES: dict[str, Callable[[], Patient]] = {
    "all is well": lambda: _patient(FakeDiagnosis()),
    "a real call with each wiring": lambda: _patient(FakeDiagnosis(), call=True),
    "the proxy cannot be reached": lambda: _patient(FakeDiagnosis(how=NOBODY)),
    "a web page": lambda: _patient(FakeDiagnosis(how=PAGE)),
    "the database is down": lambda: _patient(_health(database=False)),
    "too old": lambda: _patient(_health(version="1.80.11", too_old=True)),
    "no version, no database told": lambda: _patient(_health(version="", database=None)),
    "clocks apart": lambda: _patient(_health(clock_offset=-95.0)),
    "clocks a little apart": lambda: _patient(_health(clock_offset=12.4)),
    "the address is no address": lambda: _patient(
        None, address=(fail("proxy", "proxy-url is not a URL.", "Give the bare address."),)
    ),
    "the address is mended": lambda: _patient(
        FakeDiagnosis(), address=(warn("proxy", "http is not encrypted.", "https"),)
    ),
    "a wrong key": lambda: _patient(FakeDiagnosis(who=WRONG_KEY)),
    "an admin key": lambda: _patient(FakeDiagnosis(who=Minter(is_admin=True))),
    "an admin key that is allowed": lambda: _patient(
        FakeDiagnosis(who=Minter(is_admin=True)), policy=_policy(allow_admin_key=True)
    ),
    "a key that may too much": lambda: _patient(
        _minter(calls_models=True, raises_budgets=True, spare=("/key/update",))
    ),
    "a key without limits, and nobody tells": lambda: _patient(
        _minter(unlimited=True, calls_models=None)
    ),
    "a key that lacks rights and an owner": lambda: _patient(
        _minter(missing=("/key/list", "/spend/logs/v2"), user_id=None)
    ),
    "a key about to expire": lambda: _patient(_minter(expires_at=NOW + timedelta(days=9))),
    "a key that expires in hours": lambda: _patient(_minter(expires_at=NOW + timedelta(hours=3))),
    "not a member of the team": lambda: _patient(_refused(Lack.MEMBERSHIP)),
    "members may not mint": lambda: _patient(_refused(Lack.PERMISSION)),
    "may not mint at all": lambda: _patient(_refused(Lack.RIGHTS)),
    "no such team": lambda: _patient(_refused(Lack.TEAM)),
    "refused for another reason": lambda: _patient(_refused(None, "Required param foo.")),
    "the trial is not answered": lambda: _patient(FakeDiagnosis(tried=NOBODY)),
    "no ceilings": lambda: _patient(FakeDiagnosis(found=list(OPEN))),
    "ceilings fill what is left out": lambda: _patient(
        FakeDiagnosis(
            found=[replace(b, held=b.ceiling not in (Ceiling.EXPIRY, Ceiling.CAPPED)) for b in HELD]
        )
    ),
    "ceilings below the policy": lambda: _patient(FakeDiagnosis(), policy=TWO),
    "a ceiling that nobody tells": lambda: _patient(
        FakeDiagnosis(found=[replace(b, held=None, said="HTTP 429") for b in HELD])
    ),
    "the time is over at the ceilings": lambda: _patient(
        FakeDiagnosis(found=DeadlineError("Gave up after 30 s.", hint="Raise --timeout."))
    ),
    "the proxy stops before the hard stop": lambda: _patient(
        FakeDiagnosis(), budget=_budget(max_budget=Decimal(800))
    ),
    "nothing at the proxy stops the team": lambda: _patient(
        FakeDiagnosis(), budget=_budget(max_budget=None, resets_at=None)
    ),
    "the plan is the proxy's": lambda: _patient(
        FakeDiagnosis(), policy=a_policy(plan=None), budget=_budget()
    ),
    "no plan": lambda: _patient(
        FakeDiagnosis(), policy=a_policy(plan=None), budget=_budget(max_budget=None)
    ),
    "a plan of zero": lambda: _patient(FakeDiagnosis(), policy=a_policy(plan="0")),
    "a blocked team that lacks the model": lambda: _patient(
        FakeDiagnosis(), budget=_budget(blocked=True, models=frozenset({"gpt-mini"}))
    ),
    "a tool's call fails": lambda: _patient(
        FakeDiagnosis(heard=Knock(reached=False, said="Method Not Allowed."))
    ),
    "the tools are not answered": lambda: _patient(FakeDiagnosis(heard=NOBODY)),
    "no policy": lambda: _patient(
        FakeDiagnosis(),
        policy_trouble=UsageError("The policy p.yml cannot be read.", hint="Check the path."),
    ),
    "a broken policy": lambda: _patient(FakeDiagnosis(), policy_trouble=BROKEN),
    "a policy with loose ends": lambda: _patient(
        FakeDiagnosis(),
        policy=_policy(
            mode=Mode.OBSERVE,
            observe_since=date(2026, 9, 1),
            default_team=None,
            default_use_case=None,
            use_cases={"code-review": replace(a_use_case(), ttl=timedelta(hours=2))},
        ),
    ),
    "comments: no token": lambda: _patient(FakeDiagnosis(), comments=None),
    "comments: may not": lambda: _patient(
        FakeDiagnosis(),
        comments=FakeRights(
            CommentRight(answer=Comment.MAY_NOT, said="the token lacks repo", change="add it")
        ),
    ),
    "comments: untold": lambda: _patient(
        FakeDiagnosis(),
        comments=FakeRights(
            CommentRight(answer=Comment.UNTOLD, said="a token tells nothing", change="give it")
        ),
    ),
    "hostile words of a proxy": lambda: _patient(
        _refused(None, "one\ntwo \x1b[31mred\x1b[0m \u202eright")
    ),
}


def _examined(patient: Patient) -> list[Check]:
    if patient.policy_trouble is not None:
        patient = replace(patient, policy=None)
    return list(doctor(patient))


def _text(name: str) -> str:
    """Whole where all is well; of the others, the lines that are different."""
    patient = CASES[name]()
    checks = _examined(patient)
    well = [] if name == next(iter(CASES)) else _examined(_patient(FakeDiagnosis()))
    lines = [check_line(check, 11) for check in checks if check not in well]
    end = f"{closing(checks, called=patient.call)} (exit {exit_code(checks)})"
    return "\n".join([f"── {name}", *lines, end])


def test_the_texts_of_all_cases() -> None:
    text = "\n\n".join(map(_text, CASES)) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("name", CASES)
def test_whatever_is_not_well_says_what_to_change_or_why_it_was_not_looked_at(name: str) -> None:
    for check in _examined(CASES[name]()):
        told = check.change or check.sentence.startswith("not checked: ")
        assert check.status is Status.OK or told
        assert check_json(check)["status"] == check.status.value


@pytest.mark.parametrize("name", CASES)
def test_no_trial_key_is_left_and_none_could_spend(name: str) -> None:
    patient = CASES[name]()
    _examined(patient)
    diagnosis = patient.diagnosis
    if isinstance(diagnosis, FakeDiagnosis):
        assert diagnosis.live == set()
        assert all(r.cap == 0 for r in diagnosis.requests)
        assert all(r.alias.startswith("tokengate:acme/web_app#doctor:") for r in diagnosis.requests)


@pytest.mark.parametrize("end", [KeyboardInterrupt(), SystemExit(143)])
def test_an_interrupt_leaves_no_trial_key(end: BaseException) -> None:
    for diagnosis in (FakeDiagnosis(heard=end), FakeDiagnosis(tried=end)):
        with pytest.raises(type(end)):
            _examined(_patient(diagnosis))
        assert diagnosis.live == set()


def test_without_call_nothing_is_minted_that_could_spend() -> None:
    diagnosis = FakeDiagnosis()
    patient = _patient(diagnosis)
    _examined(patient)
    assert diagnosis.paid == []
    assert isinstance(patient.proxy, FakeProxy)
    assert patient.proxy.requests == []


def test_each_real_call_has_a_key_of_its_own_of_a_cent_that_is_revoked() -> None:
    diagnosis = FakeDiagnosis()
    patient = _patient(diagnosis, tools="claude-code copilot codex", call=True)
    _examined(patient)
    proxy = patient.proxy
    assert isinstance(proxy, FakeProxy)
    assert [str(r.cap) for r in proxy.requests] == ["0.01", "0.01"]  # copilot's is claude-code's
    assert len(diagnosis.paid) == 2
    assert proxy.alive == {}


@pytest.mark.parametrize("end", [KeyboardInterrupt(), SystemExit(143), NOBODY])
def test_however_a_real_call_ends_its_key_is_revoked(end: BaseException) -> None:
    class Ends(FakeDiagnosis):
        def knock(
            self, dial: Dial, *, paid: bool = False, headers: Mapping[str, str] | None = None
        ) -> Knock:
            if paid:
                raise end
            return Knock(reached=True)

    patient = _patient(Ends(), call=True)
    if isinstance(end, TokengateError):
        assert exit_code(_examined(patient)) == 3
    else:
        with pytest.raises(type(end)):
            _examined(patient)
    assert isinstance(patient.proxy, FakeProxy)
    assert patient.proxy.alive == {}


def test_a_mint_whose_answer_is_lost_is_undone_and_told() -> None:
    patient = _patient(FakeDiagnosis(), call=True)
    assert isinstance(patient.proxy, FakeProxy)
    patient.proxy.lose = 1
    checks = _examined(patient)
    assert [c for c in checks if "did not answer the mint" in c.sentence]
    assert patient.proxy.alive == {}


def test_spend_that_is_null_is_not_taken_for_zero() -> None:
    patient = _patient(FakeDiagnosis())
    assert isinstance(patient.proxy, Budgets)
    patient.proxy.trouble = NULL
    checks = _examined(patient)
    assert [c.status for c in checks if c.subject == "teams"] == [Status.UNKNOWN]
    assert exit_code(checks) == 3


def test_a_model_that_is_not_served_is_named_with_its_use_case() -> None:
    patient = _patient(FakeDiagnosis())
    assert isinstance(patient.proxy, FakeProxy)
    patient.proxy.missing = ["claude-sonnet"]
    [check] = [c for c in _examined(patient) if c.subject == "models"]
    assert check.status is Status.FAIL
    assert check.sentence == "the proxy serves no claude-sonnet, which code-review names"
    assert "model_list" in check.change


def test_a_proxy_that_falls_silent_is_waited_for_once_and_not_once_a_team() -> None:
    diagnosis = FakeDiagnosis(tried=NOBODY)
    team = a_policy().teams["t"]
    teams = {name: replace(team, name=name, id=name) for name in "abc"}
    _examined(_patient(diagnosis, policy=_policy(teams=teams)))
    assert len(diagnosis.requests) == 1
    assert diagnosis.live == set()
