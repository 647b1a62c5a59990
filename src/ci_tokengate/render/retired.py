"""What post has to say of a key that ended."""

from __future__ import annotations

from decimal import Decimal

from ci_tokengate.core.refusals import Refusals
from ci_tokengate.render.money import usd


def cap_sentences(
    refusals: Refusals, *, spent: bool | None, cap: Decimal | None, use_case: str, counted: bool
) -> list[str]:
    """One sentence a fact; none where no budget was hit."""
    found = []
    limit = f" of {usd(cap)}" if cap is not None else ""
    if refusals.by_cap:
        found.append(
            f"The job key ran into its cap{limit}: {_calls(refusals.by_cap, counted)}. "
            "The agent's work is probably incomplete, even where its step is green. "
            f"To raise the cap: `cap-per-run` (or `cap-per-pr`) of {use_case} in the policy."
        )
    if refusals.by_team:
        found.append(
            f"The proxy stopped the team's budget in mid-job: {_calls(refusals.by_team, counted)}. "
            "See max_budget of the team at the proxy."
        )
    if spent and not found:
        seen = "no refused call was seen" if counted else "the proxy has not yet said how many"
        found.append(f"The job key's cap{limit} is used up; {seen}.")
    return found


def _calls(number: int, counted: bool) -> str:
    at_least = "" if counted else "at least "
    return f"{at_least}{number} call{'' if number == 1 else 's'} {'was' if number == 1 else 'were'} refused"
